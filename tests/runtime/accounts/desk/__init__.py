"""What commands need of a service with accounts."""
