"""Sentences, and the time that is in them."""

WITHOUT_TIME = """
I may be wrong
You might and you may
the march of progress
They march on
don't march without me
give me a second
a second opinion matters
second floor, please
my first car
third party insurance
the sun is shining
she sat on the mat
he was wed in a church
I mon amour
I have 5 apples
read 24 books
chapter 3 is hard
the 3 of us
buy 2 kg of flour
version 2.3.4 is out
the ratio is 3/4 of a cup
10% off
half of the team
at least 5 people
in 3 parts
from 5 to 7 apples
the score was 3-1
room 1201
page 12
12 monkeys
2 x 4 is 8
at 5 Main Street
at 20 Baker Street
around 20 people came
look at 5 pictures
for 3 people
one of the best
one more thing
every one of us
each of them
next one please
last but not least
the end of the line
the beginning of wisdom
in the middle of nowhere
once upon a time
may the force be with you
May I ask why?
laughing out loud
pay ABC 2000
call 206 555-1212
+49 30 1234567
it costs $5
12.50 euros
3.5 stars
the year of the cat
Fall in love
spring clean the flat
a winter coat
summer dress
secure by design
by far the best
in my opinion
now and then
since he left
until he comes
after all
before long
order a quarter pounder
a quarter of the cake
8 out of 10 cats
1984 by George Orwell
Fahrenheit 451
area 51
boeing 747
the beatles' white album
size 42 shoes
iphone 12
route 66
formula 1
covid-19
catch-22
team of 11
a few good men
several ideas
part 2 of the series
aspect ratio 16:9:4
192.168.0.1
see https://example.com/2026/11/26/post
order #12345
invoice 2026-0113-7
model mk-12-05b
pick 3 or 4 of them
two plus two
a dozen eggs
thirty people
fifty shades
we have many weeks behind us
I like it
hello
what is the capital of France
thank you very much
write a poem about autumn leaves
how are you
he is second to none
the secondary school
sundry items
monetary policy
satin and wedge
mayor of the city
decode this
augment the data
octopus salad
all of it
day by day
"""
