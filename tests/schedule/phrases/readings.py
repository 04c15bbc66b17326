"""Phrases and how they are meant, looked at from three instants.

A line is a phrase, and the day, clock time, end, length, rule and excepted days of its reading.
"""

THURSDAY = """
today | 2026-11-26
tonight at 8 | 2026-11-26 20:00
tomorrow | 2026-11-27
tmrw at 9 | 2026-11-27 09:00
the day after tomorrow | 2026-11-28
day before yesterday | 2026-11-24
yesterday at noon | 2026-11-25 12:00
Monday | 2026-11-30
on Friday at 14:30 | 2026-11-27 14:30
this Thursday | 2026-11-26
next Thursday | 2026-12-03
next Monday at 9 | 2026-11-30 09:00
last Monday | 2026-11-23
coming Sunday | 2026-11-29
the following Tuesday | 2026-12-01
Wednesday next week | 2026-12-02
next week on Wednesday | 2026-12-02
Friday week | 2026-12-04
a week on Tuesday | 2026-12-08
two weeks from Monday | 2026-12-14
on the 30th | 2026-11-30
the 1st | 2026-12-01
31st | 2026-12-31
the 3rd of next month | 2026-12-03
1 December | 2026-12-01
1st of December | 2026-12-01
December 1st | 2026-12-01
Dec 1 | 2026-12-01
Dec. 1, 2027 | 2027-12-01
the first of January | 2027-01-01
twenty-fifth of December | 2026-12-25
25 December at 18:00 | 2026-12-25 18:00
24.12.2026 | 2026-12-24
24.12. | 2026-12-24
24/12/2026 | 2026-12-24
24/12 | 2026-12-24
5/6/2027 | 2027-06-05
5-6-2027 | 2027-06-05
2026-12-24 | 2026-12-24
2026-12-24 18:30 | 2026-12-24 18:30
2026-12-24T18:30 | 2026-12-24 18:30
20261224 | 2026-12-24
Saturday, 5 December | 2026-12-05
Tuesday the 8th | 2026-12-08
Sunday 6 December at 11 | 2026-12-06 11:00
in 5 minutes | 2026-11-26 10:05
in an hour | 2026-11-26 11:00
in half an hour | 2026-11-26 10:30
in an hour and a half | 2026-11-26 11:30
in 2 hours and 15 minutes | 2026-11-26 12:15
in a couple of hours | 2026-11-26 12:00
10 minutes from now | 2026-11-26 10:10
three hours ago | 2026-11-26 07:00
in 3 days | 2026-11-29
in a week | 2026-12-03
in two weeks | 2026-12-10
in a month | 2026-12-26
in 6 months | 2027-05-26
in a year | 2027-11-26
5 days from now | 2026-12-01
a week from today | 2026-12-03
3 days ago | 2026-11-23
two months ago | 2026-09-26
in 2 days at 7:30 | 2026-11-28 07:30
in 3 business days | 2026-12-01
two days before Christmas | 2026-12-23
the day after Christmas | 2026-12-26
a week after New Year's Eve | 2027-01-07
3 weeks before Easter | 2027-03-07
the Friday before Christmas | 2026-12-18
Christmas Eve at 6pm | 2026-12-24 18:00
on New Year's Day | 2027-01-01
Halloween | 2027-10-31
Easter Monday | 2027-03-29
Thanksgiving | 2026-11-26
at 9 | 2026-11-26 21:00
at 11 | 2026-11-26 11:00
at 12 | 2026-11-26 12:00
at noon | 2026-11-26 12:00
at midnight | 2026-11-27 00:00
at 10:15 | 2026-11-26 10:15
at 7am | 2026-11-27 07:00
at 7 pm | 2026-11-26 19:00
7.30pm | 2026-11-26 19:30
1730h | 2026-11-26 17:30
half past ten | 2026-11-26 10:30
half past 3 in the afternoon | 2026-11-26 15:30
quarter past nine | 2026-11-26 21:15
quarter to eight in the evening | 2026-11-26 19:45
ten to six | 2026-11-26 17:50
twenty past 11 | 2026-11-26 11:20
five minutes to noon | 2026-11-26 11:55
three o'clock | 2026-11-26 15:00
six thirty pm | 2026-11-26 18:30
8 in the morning | 2026-11-27 08:00
at 8 tonight | 2026-11-26 20:00
this morning | 2026-11-26 08:00 .. 12:00
this afternoon | 2026-11-26 13:00 .. 18:00
this evening at 7 | 2026-11-26 19:00
tomorrow morning | 2026-11-27 08:00 .. 12:00
tomorrow at 6 in the morning | 2026-11-27 06:00
tomorrow night | 2026-11-27 20:00 .. 2026-11-28 00:00
Friday evening | 2026-11-27 18:00 .. 22:00
Sunday night at 10 | 2026-11-29 22:00
on Saturday afternoon | 2026-11-28 13:00 .. 18:00
late afternoon | 2026-11-26 15:00 .. 18:00
mid-afternoon | 2026-11-26 14:00 .. 17:00
at the end of the afternoon | 2026-11-26 15:00 .. 18:00
later this afternoon | 2026-11-26 15:00 .. 18:00
first thing tomorrow | 2026-11-27 08:00 .. 10:00
last thing at night | 2026-11-26 22:00 .. 2026-11-27 00:00
in the night-time | 2026-11-26 20:00 .. 2026-11-27 00:00
9 to 5 | 2026-11-26 09:00 .. 17:00
10 to 12 | 2026-11-26 11:50
at half eight | 2026-11-26 20:30
from 1300 to 1400 | 2026-11-26 13:00 .. 14:00
between breakfast and lunch | 2026-11-26 09:00 .. 12:00
from lunch until 3 | 2026-11-26 12:00 .. 15:00
within the hour | 2026-11-26 10:00 .. 11:00
noon tomorrow | 2026-11-27 12:00
5pm on Friday | 2026-11-27 17:00
from 9 to 5 | 2026-11-26 09:00 .. 17:00
from 9 to 11:30 | 2026-11-26 09:00 .. 11:30
9am-5pm | 2026-11-26 09:00 .. 17:00
14:00-15:30 | 2026-11-26 14:00 .. 15:30
between 2 and 4pm | 2026-11-26 14:00 .. 16:00
tomorrow from 10 to 12 | 2026-11-27 10:00 .. 12:00
Friday 3pm to 5pm | 2026-11-27 15:00 .. 17:00
from 22:00 to 6:00 | 2026-11-26 22:00 .. 2026-11-27 06:00
Monday to Friday | 2026-11-30 .. 2026-12-04
from 1 to 5 December | 2026-12-01 .. 2026-12-05
December 10-14 | 2026-12-10 .. 2026-12-14
1 Dec to 3 Jan | 2026-12-01 .. 2027-01-03
from Friday 6pm to Sunday 8pm | 2026-11-27 18:00 .. 2026-11-29 20:00
from tomorrow until Sunday | 2026-11-27 .. 2026-11-29
this week | 2026-11-23 .. 2026-11-29
next week | 2026-11-30 .. 2026-12-06
this weekend | 2026-11-28 .. 2026-11-29
next weekend | 2026-12-05 .. 2026-12-06
the weekend | 2026-11-28 .. 2026-11-29
this month | 2026-11-01 .. 2026-11-30
next month | 2026-12-01 .. 2026-12-31
next year | 2027-01-01 .. 2027-12-31
in December | 2026-12-01 .. 2026-12-31
in March | 2027-03-01 .. 2027-03-31
in May 2027 | 2027-05-01 .. 2027-05-31
in 2028 | 2028-01-01 .. 2028-12-31
in the summer | 2027-06-01 .. 2027-08-31
Q1 2027 | 2027-01-01 .. 2027-03-31
next quarter | 2027-01-01 .. 2027-03-31
week 2 of 2027 | 2027-01-11 .. 2027-01-17
the week of 14 December | 2026-12-14 .. 2026-12-20
the next 3 days | 2026-11-27 .. 2026-11-29
the last 7 days | 2026-11-19 .. 2026-11-25
the next two weeks | 2026-11-27 .. 2026-12-10
early December | 2026-12-01 .. 2026-12-10
end of the year | 2026-12-31
the end of next week | 2026-12-06
by Friday | 2026-11-27
by tomorrow at noon | 2026-11-27 12:00
by the end of the month | 2026-11-30
before Monday | 2026-11-26 .. 2026-11-29
until Sunday | 2026-11-26 .. 2026-11-29
till 6pm | 2026-11-26 .. 2026-11-26 18:00
after Christmas | 2026-12-26
since 1 November | 2026-11-01 .. 2026-11-26
from Monday | 2026-11-30
first Monday in January | 2027-01-04
the last Friday of next month | 2026-12-25
second Tuesday of December | 2026-12-08
2 hours | for 2:00:00
90 minutes | for 1:30:00
1h30 | for 1:30:00
1.5 hours | for 1:30:00
three days | for 3 days, 0:00:00
a fortnight | for 14 days, 0:00:00
2 weeks and 3 days | for 17 days, 0:00:00
for 45 minutes | for 0:45:00
tomorrow at 3pm for 2 hours | 2026-11-27 15:00 .. 17:00 for 2:00:00
for an hour at noon | 2026-11-26 12:00 .. 13:00 for 1:00:00
on 3 December for 5 days | 2026-12-03 .. 2026-12-07 for 5 days, 0:00:00
every day | 2026-11-26 FREQ=DAILY
each day at 7 | 2026-11-27 07:00 FREQ=DAILY
daily at 21:00 | 2026-11-26 21:00 FREQ=DAILY
every morning | 2026-11-27 08:00 .. 12:00 FREQ=DAILY
every evening at 8 | 2026-11-26 20:00 FREQ=DAILY
every night at 11:30pm | 2026-11-26 23:30 FREQ=DAILY
every weekday at 7:45 | 2026-11-27 07:45 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
weekdays at noon | 2026-11-26 12:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
every Monday | 2026-11-30 FREQ=WEEKLY;BYDAY=MO
Mondays | 2026-11-30 FREQ=WEEKLY;BYDAY=MO
every Monday and Thursday at 6pm | 2026-11-26 18:00 FREQ=WEEKLY;BYDAY=MO,TH
on Tuesdays and Fridays | 2026-11-27 FREQ=WEEKLY;BYDAY=TU,FR
every Mon, Wed and Fri at 8 | 2026-11-27 08:00 FREQ=WEEKLY;BYDAY=MO,WE,FR
every other day | 2026-11-26 FREQ=DAILY;INTERVAL=2
every second day | 2026-11-26 FREQ=DAILY;INTERVAL=2
every other Tuesday | 2026-12-01 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU
every 2 weeks | 2026-11-26 FREQ=WEEKLY;INTERVAL=2
every two weeks on Monday at 10 | 2026-11-30 10:00 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO
biweekly on Friday | 2026-11-27 FREQ=WEEKLY;INTERVAL=2;BYDAY=FR
fortnightly | 2026-11-26 FREQ=WEEKLY;INTERVAL=2
every weekend | 2026-11-28 FREQ=WEEKLY;BYDAY=SA,SU
every other weekend | 2026-11-28 FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU
Monday to Wednesday at 6am | 2026-11-30 06:00 FREQ=WEEKLY;BYDAY=MO,TU,WE
every Saturday to Tuesday | 2026-11-28 FREQ=WEEKLY;BYDAY=MO,TU,SA,SU
monthly | 2026-11-26 FREQ=MONTHLY
every month on the 15th | 2026-12-15 FREQ=MONTHLY;BYMONTHDAY=15
on the 1st and 15th of each month | 2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1,15
the 10th of every month at 9am | 2026-12-10 09:00 FREQ=MONTHLY;BYMONTHDAY=10
the last Friday of every month at 4pm | 2026-11-27 16:00 FREQ=MONTHLY;BYDAY=-1FR
first Sunday of each month | 2026-12-06 FREQ=MONTHLY;BYDAY=1SU
every third Thursday of the month | 2026-12-17 FREQ=MONTHLY;BYDAY=3TH
the first weekday of each month | 2026-12-01 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1
the last working day of every month | 2026-11-30 FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1
every 2 months on the 5th | 2026-12-05 FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5
every quarter | 2026-11-26 FREQ=MONTHLY;INTERVAL=3
quarterly on the 1st | 2026-12-01 FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1
every 6 months | 2026-11-26 FREQ=MONTHLY;INTERVAL=6
yearly | 2026-11-26 FREQ=YEARLY
every year on 3 March | 2027-03-03 FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3
every 14 February | 2027-02-14 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=14
every May 5th at 10 | 2027-05-05 10:00 FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=5
annually on the first Monday in September | 2027-09-06 FREQ=YEARLY;BYMONTH=9;BYDAY=1MO
every Christmas | 2026-12-25 FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25
every January | 2027-01-01 FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1
every hour | 2026-11-26 11:00 FREQ=HOURLY
every 3 hours | 2026-11-26 13:00 FREQ=HOURLY;INTERVAL=3
every 15 minutes | 2026-11-26 10:15 FREQ=MINUTELY;INTERVAL=15
every half hour | 2026-11-26 10:30 FREQ=MINUTELY;INTERVAL=30
hourly | 2026-11-26 11:00 FREQ=HOURLY
every day until Friday | 2026-11-26 FREQ=DAILY;UNTIL=20261127
every day for 10 days | 2026-11-26 FREQ=DAILY;UNTIL=20261205
every Monday until June | 2026-11-30 FREQ=WEEKLY;BYDAY=MO;UNTIL=20270531
every weekday from 1 February at 9 | 2027-02-01 09:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
every Friday for 3 months | 2026-11-27 FREQ=WEEKLY;BYDAY=FR;UNTIL=20270225
daily for 5 times | 2026-11-26 FREQ=DAILY;COUNT=5
every Tuesday starting next week | 2026-12-01 FREQ=WEEKLY;BYDAY=TU
every day except Sunday | 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA
every day except weekends at 8 | 2026-11-27 08:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
every weekday except Wednesday | 2026-11-26 FREQ=WEEKLY;BYDAY=MO,TU,TH,FR
every day at 8 and 20 | 2026-11-26 20:00 FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0
every day at 7am, 1pm and 9pm | 2026-11-26 13:00 FREQ=DAILY;BYHOUR=7,13,21;BYMINUTE=0
at 9am every Monday | 2026-11-30 09:00 FREQ=WEEKLY;BYDAY=MO
starting tomorrow every 3 days | 2026-11-27 FREQ=DAILY;INTERVAL=3
every 10 days from 1 December at noon | 2026-12-01 12:00 FREQ=DAILY;INTERVAL=10
weekdays at 18:00 until March | 2026-11-26 18:00 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;UNTIL=20270228
once a week on Sunday | 2026-11-29 FREQ=WEEKLY;BYDAY=SU
once a month | 2026-11-26 FREQ=MONTHLY
every single day | 2026-11-26 FREQ=DAILY
every 4 weeks on Thursday at 19:30 | 2026-11-26 19:30 FREQ=WEEKLY;INTERVAL=4;BYDAY=TH
at 17h30 | 2026-11-26 17:30
by June | 2027-06-01
the first of next month | 2026-12-01
on the 2nd of January at 8 in the evening | 2027-01-02 20:00
Monday at quarter past 3 | 2026-11-30 15:15
tomorrow at 12 | 2026-11-27 12:00
the day before yesterday at 9pm | 2026-11-24 21:00
this coming Saturday | 2026-11-28
21 December 2027 | 2027-12-21
every 3 months from 1 May | 2027-05-01 FREQ=MONTHLY;INTERVAL=3
every weekday at half past six am | 2026-11-27 06:30 FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
"""

# The same Thursday: parts of stretches, days by their weekdays, bounds, and what is left out.
FURTHER = """
later this month | 2026-11-26 .. 2026-11-30
later next week | 2026-12-03 .. 2026-12-06
later in the year | 2026-11-26 .. 2026-12-31
earlier this year | 2026-01-01 .. 2026-06-30
earlier next month | 2026-12-01 .. 2026-12-15
the rest of this month | 2026-11-26 .. 2026-11-30
the first three days of December | 2026-12-01 .. 2026-12-03
the last two days of this month | 2026-11-29 .. 2026-11-30
the first two weeks of January | 2027-01-04 .. 2027-01-17
the last 3 months of 2027 | 2027-10-01 .. 2027-12-31
the second week of December | 2026-12-07 .. 2026-12-13
the third month of next year | 2027-03-01 .. 2027-03-31
the last day of next week | 2026-12-06
the fifth day of January | 2027-01-05
three Saturdays from now | 2026-12-12
two Mondays ago | 2026-11-16
a Friday ago | 2026-11-20
Monday in two weeks | 2026-12-07
Wednesday, three weeks from now | 2026-12-16
the 9 at 10am | 2026-12-09 10:00
on the 9 at 10am | 2026-12-09 10:00
Sunday 20 | 2026-12-20
Sunday 20 at 5pm | 2026-12-20 17:00
Friday 4/12 | 2026-12-04
Wed 23/12 at 8 | 2026-12-23 08:00
second Sunday | 2026-12-13
the third Wednesday | 2026-12-16
the last Sunday in March | 2027-03-28
the first Tuesday evening of next month | 2026-12-01 18:00 .. 22:00
Thursday afternoon next week | 2026-12-03 13:00 .. 18:00
Thursday at 3 next week | 2026-12-03 15:00
next morning | 2026-11-27 08:00 .. 12:00
last evening | 2026-11-25 18:00 .. 22:00
next evening at 8 | 2026-11-27 20:00
today pm | 2026-11-26 13:00 .. 18:00
Saturday am | 2026-11-28 08:00 .. 12:00
Sunday pm | 2026-11-29 13:00 .. 18:00
within an hour | 2026-11-26 10:00 .. 11:00
within the next 45 minutes | 2026-11-26 10:00 .. 10:45
the next 90 minutes | 2026-11-26 10:00 .. 11:30
in the last two hours | 2026-11-26 08:00 .. 10:00
over the past 3 hours | 2026-11-26 07:00 .. 10:00
within 2 weeks after Monday | 2026-11-30 .. 2026-12-14
in three quarters of an hour | 2026-11-26 10:45
in less than two hours | 2026-11-26 12:00
½ hour | for 0:30:00
in ½ hour | 2026-11-26 10:30
after breakfast | 2026-11-27 09:00
after lunch tomorrow | 2026-11-27 14:00
by lunch | 2026-11-26 12:00 .. 14:00
before dinner on Friday | 2026-11-26 .. 2026-11-27 18:00
tomorrow at breakfast | 2026-11-27 07:00 .. 09:00
Sunday before 11am | 2026-11-29 .. 11:00
Tuesday after 4 in the afternoon | 2026-12-01 16:00
any time after 6pm | 2026-11-26 18:00
anytime before noon | 2026-11-26 .. 2026-11-26 12:00
from October to February | 2026-10-01 .. 2027-02-28
from 20 November to 10 December | 2026-11-20 .. 2026-12-10
between now and Christmas | 2026-11-26 .. 2026-12-25
from now until Sunday | 2026-11-26 .. 2026-11-29
from yesterday until now | 2026-11-25 .. 2026-11-26
from tomorrow 2pm to Saturday 11am | 2026-11-27 14:00 .. 2026-11-28 11:00
from 6pm until tomorrow 9am | 2026-11-26 18:00 .. 2026-11-27 09:00
from 0800 to 0930 | 2026-11-27 08:00 .. 09:30
between 0915 and 1045 | 2026-11-26 09:15 .. 10:45
tomorrow from 9 | 2026-11-27 09:00
tomorrow from 9am for 3 hours | 2026-11-27 09:00 .. 12:00 for 3:00:00
on 5 December for 2 hours from 14:00 | 2026-12-05 14:00 .. 16:00 for 2:00:00
3 days starting tomorrow | 2026-11-27 .. 2026-11-29 for 3 days, 0:00:00
for a week from 7 December | 2026-12-07 .. 2026-12-13 for 7 days, 0:00:00
two weeks, starting on Monday | 2026-11-30 .. 2026-12-13 for 14 days, 0:00:00
the next two quarters | 2027-01-01 .. 2027-06-30
the last quarter | 2026-07-01 .. 2026-09-30
the past three quarters | 2026-01-01 .. 2026-09-30
next 5 working days | 2026-11-27 .. 2026-12-03
the last 2 business days | 2026-11-24 .. 2026-11-25
Q2 of next year | 2027-04-01 .. 2027-06-30
2027 Q3 | 2027-07-01 .. 2027-09-30
H1 2027 | 2027-01-01 .. 2027-06-30
the second half of 2027 | 2027-07-01 .. 2027-12-31
next year's second quarter | 2027-04-01 .. 2027-06-30
the 1980s | 1980-01-01 .. 1989-12-31
the eighties | 1980-01-01 .. 1989-12-31
the 19th century | 1800-01-01 .. 1899-12-31
calendar year 2027 | 2027-01-01 .. 2027-12-31
month to date | 2026-11-01 .. 2026-11-26
week 3 of next year | 2027-01-18 .. 2027-01-24
Easter weekend | 2027-03-27 .. 2027-03-28
Christmas weekend 2027 | 2027-12-25 .. 2027-12-26
the weekend of 12 December | 2026-12-12 .. 2026-12-13
the weekend | 2026-11-28 .. 2026-11-29
nineteen ninety-nine | 1999-01-01 .. 1999-12-31
twenty twenty-eight | 2028-01-01 .. 2028-12-31
12/Dec/2026 | 2026-12-12
the 4th this month | 2026-11-04
the 12th of next month | 2026-12-12
twelve December 2026 | 2026-12-12
2027 or later | 2027-01-01
< Friday | 2026-11-26 .. 2026-11-26
>= 1 December | 2026-12-01
before the end of March | 2026-11-26 .. 2027-03-31
before the end of the year | 2026-11-26 .. 2026-12-31
14:00~15:30 | 2026-11-26 14:00 .. 15:30
every day at 8:15 and 20:15 | 2026-11-26 20:15 FREQ=DAILY;BYHOUR=8,20;BYMINUTE=15
every 3 hours except on Sundays | 2026-11-26 13:00 FREQ=HOURLY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR,SA
around tomorrow noon | 2026-11-27 12:00
8, tomorrow | 2026-11-27 08:00
later today at 5 | 2026-11-26 17:00
later today | 2026-11-26
6pm or later on Friday | 2026-11-27 18:00
in half a year | 2027-05-26
Friday from 9 for 3 hours | 2026-11-27 09:00 .. 12:00 for 3:00:00
the first half of January | 2027-01-01 .. 2027-01-15
"""

# An hour before the clocks of Berlin go from 2 to 3.
BEFORE_SPRING = """
tomorrow at 2:30am | 2027-03-28 02:30
tomorrow at 3am | 2027-03-28 03:00
tomorrow | 2027-03-28
at 2 | 2027-03-28 14:00
in 4 hours | 2027-03-28 04:00
in 3 hours | 2027-03-28 03:00
in 5 hours | 2027-03-28 05:00
in 24 hours | 2027-03-29 00:00
in a day | 2027-03-28
every day at 2:30 | 2027-03-28 14:30 FREQ=DAILY
tonight | 2027-03-27 20:00 .. 2027-03-28 00:00
at 1am | 2027-03-28 01:00
now | 2027-03-27 23:00
midnight | 2027-03-28 00:00
at midnight tomorrow | 2027-03-28 00:00
this Sunday at 02:15 | 2027-03-28 02:15
every hour | 2027-03-28 00:00 FREQ=HOURLY
in 90 minutes | 2027-03-28 00:30
next Sunday | 2027-04-04
on Sunday at 9 | 2027-03-28 09:00
"""

# New York, half past midnight: the hour from 1 to 2 comes twice. Months come first.
BEFORE_AUTUMN = """
in 2 hours | 2026-11-01 01:30
in 1 hour | 2026-11-01 01:30
in 30 minutes | 2026-11-01 01:00
at 1:30am | 2026-11-01 01:30
11/3 | 2026-11-03
3/4/2027 | 2027-03-04
11/26 at 4pm | 2026-11-26 16:00
today at noon | 2026-11-01 12:00
in 24 hours | 2026-11-01 23:30
Nov 26th | 2026-11-26
tonight | 2026-11-01 20:00 .. 2026-11-02 00:00
tomorrow at 8 | 2026-11-02 08:00
every Sunday at 1:30am | 2026-11-01 01:30 FREQ=WEEKLY;BYDAY=SU
every 6 hours | 2026-11-01 06:30 FREQ=HOURLY;INTERVAL=6
this morning | 2026-11-01 08:00 .. 12:00
Sunday | 2026-11-01
yesterday | 2026-10-31
next Sunday | 2026-11-08
the 1st | 2026-11-01
15/3/2027 | 2027-03-15
"""

NO_TIME = """
every day at 8:00 and 9:30
every 8 hours except tomorrow at 8am
the 40th day of May
the first 9 weeks of December
between 0930 and tomorrow's bus
in march style
each of my Mondays
twice a week
when I am ready
32 December
25:00
tomorrow at 25
soon
"""
