"""What comes back by mail: bounces, complaints and answers, taken by LMTP or SMTP and told as reports."""
