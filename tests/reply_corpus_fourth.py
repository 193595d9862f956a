"""Texts of people of another list (a retired farmer, a night nurse, a lawyer, a widow, ...)."""

FOURTH_STOPS = """
ok I am eighty two years old and I do not need a telephone buzzing at me please quit sending these
this here is Earl I don't want no more of them text messages period
you all can go ahead and stop now I got my pills
my grandma doesn't read these so can u take her off
this is her grandson managing her phone, pls unenroll this number from texts
bro stop spamming my nana
Driving a rig can't have my phone going off. Stop these
10-4 stop the texts driver
im a night nurse u keep waking me up stop
Stop texting before noon. Actually just stop texting.
Your messages wake me. No further texts please.
Kindly desist from sending messages to this mobile
Per the TCPA I revoke any prior consent to receive automated messages
Pursuant to law remove my number from your database immediately
I formally withdraw consent for text communications
My late husband had this number with you. Please let the messages cease.
He has passed. Kindly end these messages, they are hard to see
God bless you all but I would like not to be texted any longer
Sweetie thank you but no more of these texts for me
Bless your heart, please take my name off the list
I prefer phone calls. Do not send texts.
No texting. Email only.
I opt out of all communications by SMS
Please deactivate text notifications for this number
Disable these alerts
Please cancel SMS notifications
unsub
Unsubscribe!!!
s-t-o-p
STOP MSG
Stp txtin me
sto ptexting
pleas stop txt
remove me from this txt thing
I dont want to be part of this
I don't want to be in your texting program
How do I turn this off
how to cancel these
whats the word to stop getting these
Make it stop please, so many texts
cut it out with the texts
knock it off with these messages
yall need to quit blowing up my phone
stop blowing my phone up
get lost and stop texting
Get my number out of your computer
wipe my number from your system
I'm done. no more messages
I'm all set, please stop messaging
We no longer wish to be contacted
ya déjenme de mandar esas cosas
mija quítame de esos mensajes por favor
No quiero que sigan mandando mensajes a este teléfono
mi abuela no quiere estos textos quítenla
ya estuvo bueno de tanto mensaje
favor de no mandar mas mensajes a este cel
Yo no pedí esto, sáquenme
no manden mensajes de noche ni de dia, no manden nada
Quisiera dejar de recibir los mensajes, gracias
ya no me texteen
no me estén fastidiando con mensajes
como le hago para ya no recibir mensajes
Solicito la baja de este servicio de mensajes
le pido que no le escriban a mi madre
mi papá falleció, por favor ya no manden mensajes
ya no me mandes texts bro
please quítenme del list
no quiero reminders, stop
para los texts ya
no more mensajes por favor
"""

FOURTH_NOT_STOPS = """
well hello there I can come down to the store on Thursday if my ride don't cancel
Earl here. The pills make me stop up something awful
I stopped at your place yesterday and it was closed
tell the pharmacist not to stop my water pill
my grandma wants to know if she should stop eating grapefruit
can u text her instead, here's her number
she doesn't want the insulin anymore
bro the line was crazy i left
Driving now can't text. Will stop on my way back
truck stop pharmacy in Toledo ok?
next stop Dayton, be home Friday
im a night nurse text me after 4pm please
Not before noon please, I work nights
don't call me at work, text is fine
I'd rather get texts than calls
no calls please just text
Please continue the messages
Keep them coming
Do not discontinue my refills
was told to discontinue the atenolol by cardiology
Is this covered under my plan or did it end
I have not consented to any new medicine
My husband passed the test, his sugar is down
I no longer take that one
I no longer have pain
no longer need the walker praise God
Please take the ibuprofen off my list
remove the old insurance card and use the new
delete the first number, 130/80 is the right one
disregard that last text
wrong button sorry
oops meant for my sister
cancel that, I can make it
I canceled my trip so I can come in
cant get the app to quit crashing
my phone was off
turn off the lights before u leave lol wrong person sorry
How do I cancel the auto refill on my vitamins
How do I get off this medication safely
What's the number to reach you
how do I get a list of my meds
Unsure
unable to walk far
I'm done with my antibiotics
all done thanks
I'm all set thanks
got it no more questions
no more than twice a day right?
enough for now thank you dear
leave the bag by the door
let me be honest I skip it sometimes
You should quit telling me to exercise lol
I wish the pain would end
makes me want to quit the diet haha
1 and 3
none of these
ya me voy a dormir, mañana les digo
mija ya me tomé la pastilla
no quiero que me quiten la medicina
no manden la medicina, yo paso
ya no me duele
la doctora me quitó esa pastilla
no he dejado de tomarla
le pido que me llame
quisiera cancelar el pedido de hoy
dejé el cigarro hace 10 años
me dieron de baja del hospital hoy
no entiendo el mensaje
no quiero molestar, pero tengo una duda
mi mamá no quiere ponerse la vacuna
para cuando está lista
sigan mandando los recordatorios por favor
no puedo stop by today, tal vez mañana
el doctor dijo stop con la sal
mándame el text otra vez please
"""
