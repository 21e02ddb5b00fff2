"""Accounts of the service's own: who has one gets tokens for an e-mail address and a password."""
