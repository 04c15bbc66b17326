"""What people say to an assistant without asking for any of its actions: the other side of their
examples. Written for this, like the actions' own; many stand near an action on purpose.
"""

from __future__ import annotations

TALK = tuple(
    line
    for line in """
hello there
good morning, how are you?
good night
thanks a lot
that was helpful
never mind
yes please
no, that's wrong
sure, go on
can you repeat that?
what can you do?
who made you?
tell me a joke
tell me something interesting
I'm bored
I'm tired today
I slept badly last night
I feel great after my run
I had a rough day at work
I had a good time yesterday
I went to a concert yesterday
I went to the doctor this morning
I watched a film last night
I met Tom for lunch today
I ran into my old teacher yesterday
I read in the news that prices went up
I read a good article about sleep
I cooked pasta today and it was awful
I finished my thesis yesterday
I finally bought a car
I spoke with my boss this morning
I drank too much coffee today
I got up late today
I got a new job
I took the train to Berlin on Monday
I walked past your house
I worked from home all week
I want to lose weight
I want to get better at chess
I would like to meditate more
I should really go running
I might go for a swim tomorrow
I'm thinking about learning Spanish
I'm going to a wedding on Saturday
I'm meeting Ana at five
I have a meeting with the bank tomorrow
I have a headache
I have an exam next week and I'm nervous
I have too many things to do
I need some advice about my sister
I need help with my essay
I love this song
I think meditation is overrated
I used to run every morning
I always forget people's names
my habits are terrible
my goal is to be happy
my calendar is a mess
my day was long
running is boring
meditation helps me to sleep
habits are hard to keep
streaks make people anxious
reminders never work for me
lists calm me down
meetings should be shorter
deadlines stress me out
time flies
what a day
it rained all day
we talked about it yesterday
she called me yesterday
they cancelled the meeting
Ana reminded me of her birthday
he added me to the group
what is a habit?
what's a good habit for beginners?
which habits do successful people have?
which habit should I begin with?
how long does it take to form a habit?
how do I keep a streak?
how are streaks counted?
how often should one meditate?
how much water should I drink in a day?
how do I stop procrastinating?
how do I plan my week?
how do I add a task?
how do I set a reminder on an iPhone?
how do I share a calendar in Outlook?
why do people keep journals?
why is my streak important?
what's the best app for to-do lists?
what's the point of goals?
what does GTD mean?
what is a next action?
what is a smart goal?
what happened in 1989?
what happens if I miss a day?
what would you do in my place?
what do you think of my plan?
what should I cook tonight?
what should I wear to the interview?
what's the capital of Australia?
what's the meaning of life?
what's new?
what's up?
what's on your mind?
what's on TV tonight?
what's playing at the cinema on Thursday?
what's happening in the news today?
what time is it in Tokyo?
what day is Christmas on this year?
when does the shop close today?
when is Easter?
when was the war?
where can I run in Berlin?
who won the game yesterday?
is it going to rain on Thursday?
is meditation good for you?
are you there?
do you remember my brother's name?
do you like music?
do I look tired?
should I call Ana tomorrow?
shall we talk about the trip?
could we talk about my day?
can you explain that again?
can you help me with a letter?
can you recommend a book?
can I ask you something?
explain how reminders work
explain the second law of thermodynamics
write a poem about a shopping list
write an email to my boss about the meeting tomorrow
write a reminder for my tenants about the rent
write a function that adds a task to a list
draft an agenda for our meeting
make a list of ten European capitals
make a to-do list for a party
make a packing list for the beach
create a shopping list for a barbecue
write a to-do list for a wedding
create a task force for the summit
create a table with three columns
make a plan for a week in Rome
make it shorter
make me laugh
give me ideas for dinner
give me three tips for better sleep
give me a summary of the French revolution
list the planets
list the advantages of running
show me how to tie a tie
show me an example
show me the code
add more detail to that
add some humour to the text
add two and two
add salt to the water and let it boil
remind me what we were talking about
remind me who wrote Hamlet
remind me how that recipe goes
remember when we talked about Spain?
schedule is such an ugly word
plan a birthday party for a six-year-old
book recommendations for a long flight
call me Max
set the scene for a crime story
set the temperature to 20 degrees
set an alarm for seven
start over
stop that
continue
undo is a strange word
go back to the first idea
cancel culture is exhausting
delete the second paragraph
move the second paragraph to the end
change the tone to formal
complete the sentence
finish the story
check my grammar
check this text for mistakes
mark my words
log in does not work
track my package
count to ten
play some music
turn off the lights in the kitchen
order a pizza
translate good morning into French
convert five miles to kilometres
how far is the moon?
how old is the universe?
how is the weather?
how is your day going?
how was your weekend?
how am I supposed to sleep with this noise?
the meeting went well
the run was hard today
the list is too long
the doctor said I should drink more water
the milk is sour
the project is going nowhere
the deadline is on Friday and I'm worried
today was a good day
tomorrow will be better
yesterday I saw a fox in the garden
on Thursday we fly to Spain
next week is going to be busy
milk is good for bones
buying a house is stressful
calling my mother takes an hour
a friend of mine meditates every day
an hour a day is too much
let's talk about something else
let's play a game
let's do some math
let me think about it
that reminds me of my grandmother
that's on my to-do list
that's not what I meant
it's on my calendar already
there's nothing on my calendar that I look forward to
who has birthday today among famous people?
any plans for tonight?
any news about the election?
progress is slow
progress on climate goals is slow
I made progress with my piano piece
I'm at the gym
I'm done with this
I'm done with work for today
I'm on page 30 of the book you told me about
I weigh too much
I weighed the options
I owe Tom money
I promised to call Ana
I forgot to call Ana yesterday
I missed my bus this morning
I missed my run because of the rain
I lost 5 kg in summer
I saved some money this year
I added sugar to the coffee
I moved to Hamburg last year
I cancelled my gym membership
I deleted the app
I checked in at the hotel
I checked the door twice
I did it
I did nothing all day
I did what you said
I did my best today
I did the laundry while it rained
I did the maths and we can afford it
""".strip().splitlines()
)
