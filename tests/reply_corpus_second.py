"""Texts by a second author, who had seen neither the word lists nor most of the first corpus."""

SECOND_STOPS = """
Stop sendin me stuff
stop all messages now
STOP TO END
stop stop stop!!!!
Stop pls and thank you
Stop. Wrong person anyway
stop this nonsense
Stop harrassing me
Stoppp
STOPP
stop msgs
stop msging me
stop txting
stop txtn me
stop w these msgs
dont send me any more txts
do not send me anymore texts please
don't send anything else
Do not contact me anymore.
do not message me again
never contact me again!
quit it with the texts
quit bugging me
No more text messages to this phone
no more of these
i dont want these texts
I don't want to get texts from you
i do not want to receive any more messages
i no longer want to get these messages
I no longer wish to receive texts
I would like to stop receiving these texts
id like to be taken off this list
I want off this list
let me out of this program
please remove me from your texts
please remove this number from your list
please take me off
take me off this
take my name off the list
remove this phone number from your records
delete me from your list
delete my info and stop texting
unsubscribe please
Unsubscribed
unsub
unsubcribe me now
Un subscribe
opt me out
I opt out
Opt out please.
I'd like to opt out
I wish to opt-out of text messages
i revoke my consent
I take back my permission to text me
I did not consent to these texts, stop them
cancel text messages
cancel my subscription
please cancel messages
please end these messages
end these texts
END ALL
end msgs
Leave me alone please!
please leave me alone and stop writing
stop writing to me
stop calling and texting me
I already said STOP
for the last time stop
please just stop
just stop
can you stop texting me
can you please stop sending these
could you please take me off your list
will you stop
would you please stop these messages
how do i stop these texts
How do I unsubscribe
how do i get off this list
how can I opt out of this
i want this to stop
I want these messages to stop
these texts need to stop
get me off of this
get lost and stop texting
stop or I will report you
stop spamming me
spam stop
this is spam, stop
Stop I'm not interested
not interested, remove me
not interested please take me off the list
no thanks please stop
No thank you, stop texting
Stop my husband died
stop I have a new doctor
stpp
sto p
ztop
stop,
stop :)
Stop\U0001f621
STOP, STOP texting me about my medicine
Alto por favor
alto ya
Alto con los mensajes
ya basta de mensajes
Pare por favor
paren de escribirme
para de mandarme mensajes
deje de mandarme textos
dejen de enviar mensajes por favor
deja de textearme
no me escriban mas
no me escriba más por favor
no me mande más textos
no me envien nada mas
No quiero recibir más mensajes
ya no quiero recibir textos
ya no quiero estos mensajes
ya no me manden nada
no más mensajes
no mas textos por favor
quitenme de la lista
quíteme de su lista
quiten mi numero
borre mi numero de su lista
saquenme de esta lista
sáqueme de la lista por favor
cancele mi suscripción
me quiero salir de la lista
terminar
terminen con los mensajes
dejeme en paz
no me contacten más
"""

SECOND_NOT_STOPS = """
my bleeding wont stop
should i stop taking the pill before surgery
Doctor told me to stop the metformin
when can I stop checking
i stopped smoking 3 weeks ago
I stopped taking it because of the rash
stopped by the pharmacy, was closed
Can you stop by with my medicine tomorrow
please stop by after 5
non stop headaches
don't stop the texts, they help
Don't stop sending these, I like them
at the end of the month
my insurance ends in march
end of the week works
weekend is better
I ended up in the ER
i quit smoking
trying to quit cigarettes
my job let me go so no insurance
130/85
bp was 142 over 90
sugar was 210 this morning
YES
yes please
N
1 3
ok thanks
Thank you so much
who is this
Is this the pharmacy on 5th street?
Do you deliver on Saturdays?
can my daughter pick it up
the delivery never came
package was left at the wrong door
I need a refill
need my inhaler
out of insulin
I ran out 2 days ago
cant afford it
my copay went up
need a ride to the doctor
no food in the house
my lights got cut off
the landlord wants me out
I was kicked out of my apartment
take me to the hospital?
remove the old medicine from my list, I dont take it now
the doctor took me off metoprolol
My doctor took me off of it
he took me off the water pill
do I have to fast before
how long do I take this
which arm should i use
my cuff is broken
machine says error
Please call after lunch
call my son instead
my new number is 614 555 0177
i moved to a new address
I'll be out of town till Friday
i am in the hospital
at dialysis right now
next week
I dont understand
what do you mean
I don't know
same as last time
It is better
feeling dizzy
leg swelling again
short of breath at night
Wont stop itching
it hurts when I stop
Leave it at the front desk
leave the bag with my neighbor please
leave it by the door
me siento mejor
mi presión es 135 80
el azucar 180
sí
si gracias
no gracias
quién es
a qué hora abren
necesito mi medicina
no me llegó el paquete
me quedé sin insulina
no tengo para pagar
el doctor me quitó la pastilla
deje el paquete en la puerta
puede dejarlo con mi vecina
estoy en la parada del autobus
para mañana está bien
para mi esposo
al final del mes
me duele y no para
no para de doler
quiero cambiar la cita
mi hija lo recoge
"""

SECOND_DOUBTFUL = """
please remove lisinopril from my list
"""
