"""How the workbench is reached; each face parses, calls and shows, and knows no other face."""
