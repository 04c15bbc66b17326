"""More of what people say for actions, by their names, beside the examples that each declares: many
ways of saying the same, which only nearness needs. A name that no action has is left out.
"""

from __future__ import annotations

_SAID = {
    "tasks_add": """
        put bread on my shopping list
        add onions and rice to the grocery list
        add toothpaste to the list
        put stamps on the list for tomorrow
        add clean the oven to my to-do list
        put send the contract on my to-dos
        add repair the fence to my tasks
        can you add order new glasses to my todo list
        create a task to cancel the subscription by Tuesday
        make a task to check the brakes
        new task: sort the photos
        add a todo: wash the curtains
        create a to-do: book a table
        add a reminder to my tasks to send the form
        add an errand: take the shoes to the cobbler
        I have to hand in the report by Friday
        I need to pay the gas bill by the 3rd
        I must renew my licence before March
        I've got to return the books by Wednesday
        add paint the door to the project house
        put pick up the laundry on my list for Saturday
        note down that I have to write to the school
        add light bulbs and batteries to my list
        """,
    "tasks": """
        list my open tasks
        what are my next actions?
        what's due this week?
        which tasks are overdue?
        what tasks do I have for tomorrow?
        show the grocery list
        read me my to-do list
        what do I still have to buy?
        what's left on my list?
        show me what I have to do at home
        what do I need to get done this week?
        my to-dos for today
        give me my list of tasks
        """,
    "tasks_done": """
        I called the dentist
        I sent the letter
        I paid the water bill
        I've bought the bread
        I booked the flights
        I mailed the parcel
        mark call the dentist as done
        check off buy stamps
        tick off order glasses
        I'm done with the report
        complete the task wash the car
        finished writing the letter
        """,
    "tasks_drop": """
        take eggs off the shopping list
        remove call the plumber from my tasks
        delete the task order glasses
        cross butter off the list
        drop the task about the fence
        """,
    "remind": """
        remind me to call the bank tomorrow at 9
        remind me in half an hour to turn off the oven
        remind me every Friday to water the flowers
        set a reminder for the parents' evening on Tuesday
        remind me about the parcel on Thursday
        can you remind me to take my pills tonight
        don't let me forget to buy a card for Mia on Monday
        create a reminder to send the invoice next week
        remind me at 8 pm to lock the door
        remind me on 2 May to renew the passport
        add a reminder for the doctor at 3
        remind me tomorrow morning to pack the tent
        I need a reminder to leave at 5
        tonight at ten remind me to charge the phone
        reminder: pick up the kids at 4
        make a reminder for the concert
        """,
    "reminders": """
        show me my reminders
        what reminders do I have?
        which reminders are set for tomorrow?
        list the reminders for this week
        do I have any reminders?
        """,
    "agenda": """
        what's on my calendar for Tuesday?
        what's on my agenda on Monday?
        what is on today?
        what do I have on Saturday?
        what do I have planned for next week?
        what is planned for Friday?
        what's coming up tomorrow?
        what's happening this weekend in my calendar?
        do I have anything on Wednesday evening?
        do I have any meetings today?
        do I have any appointments next Monday?
        is there anything in my diary for Sunday?
        what meetings do I have on Friday?
        what appointments do I have this month?
        which events are there on 3 March?
        show my schedule for the week
        show me the agenda for 14 June
        list today's events
        read me tomorrow's schedule
        when is my next appointment?
        my calendar for this week
        """,
    "free": """
        am I free on Saturday?
        am I busy tomorrow evening?
        do I have time on Monday morning?
        when do I have time next week?
        when am I available on Tuesday?
        is there free time on Thursday afternoon?
        are we free on Sunday?
        """,
    "event_add": """
        put dinner with Max on Saturday at 7 in my calendar
        schedule a meeting with the team on Monday at 10
        add an appointment with the vet tomorrow at 4
        create an event: choir on Tuesday at 8 pm
        add the school play to the calendar on 9 May at 6
        make an appointment for the tyres on Friday at 11
        set up a call with Lena for Wednesday at 3
        block Thursday morning for the tax return
        new event: lunch with the neighbours on Sunday at 1
        book a meeting with Jo tomorrow from 9 to 10
        enter swimming on Saturday at 10 in my diary
        """,
    "event_move": """
        move lunch with Max to Friday
        reschedule the meeting with the team to 3 pm
        push the dentist back to Thursday at 10
        """,
    "event_cancel": """
        cancel lunch with Max
        cancel my appointment on Friday
        remove the meeting with the team from my calendar
        """,
    "goals_review": """
        how far am I with my goals?
        show me the progress of my goals
        which of my goals are behind?
        review my goals
        how well am I doing on my goals?
        where do I stand with my goals?
        """,
    "goals": """
        what are my goals?
        show me my goals
        list all of my goals
        which goals do I have?
        """,
    "goals_progress": """
        I weighed 80 kg this morning
        my savings are at 2000 euros
        I saved 150 euros this week
        I wrote 500 words today
        I'm at 40 percent of the book
        update the marathon goal to 20 km
        set the progress of my reading goal to 7 books
        log my weight as 79 kg
        I learned 20 new words yesterday
        I read another 30 pages
        """,
    "goals_set": """
        set a goal to run a half marathon by May
        new goal: save 3000 euros by December
        add a goal: read 30 books this year
        create a goal to learn 500 words by summer
        I want to set myself a goal to lose 4 kg by June
        """,
    "health_report": """
        show me the health report
        how was my health this week?
        what did I write in my health log?
        """,
    "undo": """
        undo that, please
        take back what you just did
        undo my last change
        revert that
        undo the last action
        """,
    "redo": """
        redo that
        do that again after all
        """,
}


def more(action: str) -> tuple[str, ...]:
    """What else is said for the action of this name."""
    return tuple(line.strip() for line in _SAID.get(action, "").strip().splitlines())
