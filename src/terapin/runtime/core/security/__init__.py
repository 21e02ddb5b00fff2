"""In whose name a request comes. A service has it whose ontology says who issues its tokens."""
