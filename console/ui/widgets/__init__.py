"""The pieces screens are made of, one file each."""
