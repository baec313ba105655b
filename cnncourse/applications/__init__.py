"""What networks are for, beyond naming a picture: one small, whole experiment a module (lessons 10 and 11)."""
