"""What the command of the guarded blog needs of a package."""
