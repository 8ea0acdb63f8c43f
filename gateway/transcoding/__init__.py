"""HTTP and JSON to gRPC and back, compiled at start from the contract's descriptors; knows no RPC by name."""
