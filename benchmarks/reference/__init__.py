"""The service of `journal.ttl` as a good engineer writes it by hand: what the generated one is compared with.

FastAPI with response models, SQLAlchemy 2 async with `selectinload`, Strawberry with dataloaders. It checks what the
generated one checks. `EXTRAS=off` leaves away what surrounds each request: its id, deadline, metrics and log line.
"""
