"""What keeps a service upright when something that it calls is not: deadlines, breakers and retries."""
