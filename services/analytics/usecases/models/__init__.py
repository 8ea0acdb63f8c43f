"""Models of who leaves: trained by the service, promoted by two people, watched for drift."""
