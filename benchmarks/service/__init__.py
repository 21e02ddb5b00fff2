"""The service that is measured: generated from `journal.ttl`, filled, started, and asked."""
