"""What people make and how it may change: records, ops, permissions and the wire format.

This room is shared by browser and server and needs only msgspec and the standard library.
"""
