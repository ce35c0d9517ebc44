"""Chores for those who build and develop Samflöde; nothing here is shipped."""
