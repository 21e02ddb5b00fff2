"""The data sources of a service: several, open at the same time, each with its pool, breaker and retries."""
