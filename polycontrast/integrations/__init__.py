"""Losses in the form that training frameworks of others call."""
