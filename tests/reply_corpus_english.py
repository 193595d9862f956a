"""Revocations as people write them in English, one text a line."""

MORE_STOPS = """
Stop texting this number.
STOP TEXTING ME NOW
please stop all texts to this phone
can you please stop texting me i am at work
i want these messages to stop
I would like to stop receiving text messages from you
I'd rather not get these texts
please don't send me any more texts
Please do not contact me by text
dont txt me
Dont text this number ever again
do not send any more messages to this number
No more texting please
no more of these texts thank you
no more msgs
enough with the texts
enough already stop
I've had enough of these messages
ENOUGH!!! STOP!!!
this needs to stop. stop texting me
make it stop
make these texts stop
how do i get these texts to stop
how do I turn these off
turn off these messages
turn off notifications
unenroll me
please unenroll me from the program
disenroll me
Disenroll
take me out of this program
Take me off this
take me off please
take me off of your call list
please take my phone number off
take this number out of your system
get my number out of your system
please delete me from your list
delete me
Erase my number
remove this number
remove this phone number from your list please
Remove me from text list
REMOVE ME FROM YOUR LIST NOW
please remove us from your contact list
pls remov me
kindly remove me from your mailing list
scratch me off your list
cross me off the list
I am opting out
opting out
Opt me out please
opt-out please
I choose to opt out
optout me
opt. out.
I'd like to unsubscribe
unsubscribe please and thank you
UNSUBSCRIBE ME FROM ALL
unsubscribe this number
how to unsubscribe from this
i want to unsubscribe to this
Un-subscribe
unsubscrible
unsubcribe me plz
unscribe
unsubscride
unsubscrib me
i dont wanna get these texts anymore
i dont want no more texts
I do not wish to receive these messages
I don't want you texting me
i dont want you to text me anymore
I don't want to be texted
don't want to be contacted again
I don't want to participate
i dont want to participate in this
I do not wish to participate in your program
dont need your texts
I don't need these reminders anymore
don't need these messages thanks
I no longer wish to be contacted
no longer want to receive text messages
no longer wish to participate
I withdraw from this program
withdraw me
I am withdrawing my consent
i revoke consent
I revoke my permission to text me
I do not consent to these messages
i did not consent to this stop
I don't give permission to text me
you do not have my permission to text me
you don't have permission to contact me
I never gave you permission stop it
don't contact me
do not contact
Do Not Text
do not call or text
put me on your do not call list
Put me on the do not text list
add me to your do not contact list
never contact me again
never message this number again
please never text me
lose this number
forget my number
leave me alone please
leave me the hell alone
Please leave us alone
let me be
STOP BOTHERING ME!!!!
quit bothering me
quit sending me these
Quit sending me this crap
QUIT IT
stop it now
stop that
stop this
stop these
stop sending
Stop spamming me
stop spamming
stop harassing me
STOP HARRASSING ME
stop blowing up my phone
quit blowing up my phone
stop bugging me
stop contacting my mother
stop texting my mom
please stop texting my husband's phone
cease all communication
cease and desist.
cease contact
discontinue
discontinue texts
Please discontinue these messages
please end these texts
end all messages
end messages
end this
cancel all
Cancel all messages
cancel texts
cancel my texts
cancel subscription
cancel the program
cancel me
cancel this
please cancel this service
i want to cancel these text messages
I'd like to cancel my participation
want out
I want out
i want off this list
want off
let me out of this
i want to stop
I want to quit this
count me out
block me
block this number from your system
stop i said
I said STOP
i told you to stop
I told you guys to stop texting me
I already asked you to stop
i have asked you to stop texting
how many times do i have to say stop
for the last time STOP
for the last time quit texting me
ok stop now
STOP 🛑🛑🛑
🛑 stop
🛑
✋ stop
stop 😡
stop 🙏
please stop 🙏🙏
stop ty
stop thx
Stop, thanks
thanks but please stop
no thanks stop
no thank you. stop
no stop
yes stop
hi please stop texting me thanks
hello can you stop sending me texts
sir please stop
stop forever
stop permanently
please permanently stop
stop everything
stop all messages
Stop all communication
stop notifications
stop alerts please
stop reminders
ssstop
sstop
stoppp
stoop texting me
stp texting me
stpo texting me
sop texting me
stop txting me
stop txtin me
stop textin
stop texing me
stop messagin me
stop massaging me
dont mesage me
stop sendin me messages
plz quit txtn me
pleas stop
plese stop
please stopp
stop please!!
s.t.o.p
S-T-O-P
"Stop"
(stop)
stop/
Reply stop
reply STOP
text stop
type stop
send stop
Stop.Thanks
stop period
uh stop texting me please
um please unsubscribe
i'm gonna need you to stop texting me
yeah I don't want these texts anymore so please stop
I don't have time for these please take me off
I am fine and do not need these messages
im good stop texting
I'm all set please stop the messages
i changed my mind i dont want the texts
not interested please remove me from your list
not interested stop texting me
no more please
no more
thats enough stop
"""
