"""What terapin costs, beside others: `make bench`."""
