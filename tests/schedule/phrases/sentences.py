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
from 1300 to 1400 apples
I choose between lunch and dinner, really
the start of a song
cut it in half two times
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
played in march style
mark 4:12 is my favourite
noon is my cat's name
John 3:16
the score was 2:1
we won 3:0
a ratio of 4:3
Psalm 23:4 comforts me
write it in 2000 words
I walked 1900 steps
2000 small steps
the 2nd floor
the 1st prize
show me the 3rd option
my 2nd car
the 21st century skills gap
the nineties music
90s music
he is in his thirties
she is in her twenties
the last minute changes
at the last minute
wait a minute
next minute he was gone
lunch is ready
dinner was great
breakfast of champions
let's do lunch
have you had dinner
what should I cook for dinner
cooking lunch for four
less than 10 people
more than 5 apples
greater than 7
x > 6
a < 3
the 17 of us
the 20 best books
read the 39 steps
after 5 people left
before 3 of them came
by 2 authors
until 7 of them agree
the third man
second to last in line
weekend vibes
weekend warriors
May told me
June is my sister
April called
august company
ask April about it
call June
meet May
email Jan
talk to Jan and Mark
my wife June
sun cream
sat nav
mon ami
fri fri
two halves
a third of the cake
half the people
three quarters of the audience
a quarter of a million
twenty and four
one hundred and one dalmatians
nineteen eighty-four copies
mid range
mid-size car
early bird
late fee
later
see you later
earlier than expected
end of story
the end
start of something new
the beginning of the book
week after week
day after day
year after year
year by year
the year to beat
month by month
h2 headings
h1 and h2 tags
cy young award
10-4 good buddy
24/7 support
9/11 truthers
50/50 chance
7-11 store
4-4-2 formation
a 3-2-1 countdown
3~5 items
1~2 cups
½ cup of sugar
1/2 cup of sugar
¾ of them
model 3 is fast
windows 10
windows 95
python 3.11
http 404
4 by 4
5k run
10k steps
60 fps
pm me
I am here
am I right
the daytime soap
night-time routine
all night long
good morning
good evening
good night
the night manager
evening dress
morning star
in the now
now what
now and again
from now on
every now and then
not now
present company excepted
at present I know nothing
up to date
out of date
to date nobody came
date night ideas
a blind date
what is the date format
current affairs
century of the self
the decade ahead
the fortnight game
fortnite
1865 was his pin
pin 1998
flight BA 2490
room 1015
gate 17
bus 19
tram 22
platform 9
apartment 12
seven sisters
five guys
one direction
maroon 5
blink 182
level 42
u2 album
12 angry men
the magnificent seven
oceans eleven
the first of many
the first of its kind
first things first
last orders
the last of us
the final countdown
next generation
next level
this and that
every little helps
each to their own
annual leave
I said so at the time
we agree on most points
he is one in a million
the train was packed and late
take two
count from 1 to 10
pages 5 to 12
between 20 and 30 people
from 60 to 80 kg
2 to 3 cups of rice
10 to 15 percent
it is 5 km away
a 20 m cable
12 V battery
my number is 0171 2030405
chapter 7, verse 8
level 5 to 7
set it to 21 degrees
at 90 km/h
she lives at 12 High Street
born to run
Dec and Ant
Oct tree search
may we go on
we might as well march on
second that
just a sec
in a good mood
in good time
on time
in time for what
over time
half asleep
half-hearted
third time lucky
first come, first served
the last straw
at last
at first
at once
in a row
in the end
what a day
any day now, they say
some day
one of these days
those were the days
back in the day
the day after
the day before
rainy days
year of the dragon
"""
