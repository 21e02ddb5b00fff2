"""WebSockets: rooms in which everybody hears what anybody says. A service has it whose ontology has channels."""
