"""What a day holds, told in the morning, and how it went, told in the evening and on Sundays.

It composes the capabilities, and refuses to know channels, jobs' rows and the models' addresses.
"""
