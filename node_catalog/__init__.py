"""The node types: one class, one file each; the folder is the group on the palette."""
