"""What every resource of this service has in common. It depends on public libraries only."""
