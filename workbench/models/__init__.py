"""Language models behind one protocol; every feature works without one."""
