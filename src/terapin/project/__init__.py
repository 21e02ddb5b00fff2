"""From a model to files on disk: plan, render, reconcile, apply."""
