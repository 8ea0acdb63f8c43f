"""The analytics service 分析: joins what accounts do with who talked to whom, and sees the customer leave before he does."""
