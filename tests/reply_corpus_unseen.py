"""Texts nothing was tuned or trained on: a measure, and to be left alone."""

UNSEEN_STOPS = """
I'm a widow on the farm and I got no use for these texts, please quit
Uber driver here can't have dings all day, stop sending
Thirty years I carried mail. Don't need it on my phone. Stop.
My mother is 91. Please discontinue messaging her.
hey its her niece, she'd like off the text list
omg stop texting
stop ✋✋✋
Could you kindly remove me from these notices?
The library phone should not receive these. Please remove it.
out on the boat no signal, just quit texting
I work the line and cant have my phone. take me off
Pastor Lee here. Thank you, but no further texts are needed.
baby is sleeping stop texting
Please cease messages effective immediately
This account no longer wishes to receive SMS
quit texin me honey
stop sending messages new line thank you
I am on dialysis and tired, please don't text me any more
I want no texts from your company
unsubscribe this phone
please unsuscribe my husband
opt me out of texts
opt-out
i opted out already!!
I've told you people to quit texting
You were told to stop. STOP
leave this number alone
leave my mother alone
do not ever text me
don't be texting me
no texts, call my house phone if you must
I didn't give permission for texts
who said you could text me? stop it
I'm revoking permission
Consent revoked.
take this number off please
please drop me from the list
erase my number
I want to be removed
turn off texts
stop alerts
cancel text alerts
these are useless, stop
i dont read texts so please stop them
sotp sending
plz stpo
unsubscrbe me plz
I don't want anymore messges
por favor ya no me escriban
la señora no quiere mensajes, soy la niñera
ya basta con los textos
paren, por favor
quiero cancelar esto
no quiero más de esto
no me manden más cosas al celular
elimínenme de la lista por favor
mi abuelo ya no quiere que le escriban
me doy de baja
no deseo recibir nada
dejen de molestarme
cancelar mensajes
pare de mandar textos
please ya no me manden texts
stop, no entiendo inglés, no quiero mensajes
cancela los text messages
"""

UNSEEN_NOT_STOPS = """
I'm a widow on the farm and I need someone to bring my pills
Uber driver here, can pick up after 8
Thirty years I carried mail and my knees hurt
My mother is 91 and wants to know if she may take Tylenol
hey its her niece, she's in the shower, text later
omg thank you
✋ here
Could you kindly repeat the question?
The library has a computer I can use
out on the boat no signal, text you Sunday
I work the line, off at 3
Pastor Lee here. Thank you, no further questions.
baby is sleeping, text is better than a call
Effective immediately my plan is Humana
My account no longer works
tell the honey at the counter hi
new line thank you
I am on dialysis Monday Wednesday Friday
I want no generics from that company
please enroll my husband too
what are my options for delivery
I already told you yes
You were right about the sugar
I live alone
leave it in the mailbox
do not ever mix those two, right?
don't be late with it
no stairs please, leave it in the lobby
I didn't give blood yet
who said I have diabetes
take this with food?
drop it off at the back door
my eraser broke lol
I want to be healthy
turn left at the light
the alerts help me remember
these are useless pills
i dont read well so call me
sending my son
I don't want any more needles
stopped by, you were at lunch
will stop after church
can't stop sneezing
how soon can I stop using the cream
my ride cancelled on me
cancel the 2pm and give me 3
It ended up being 140/90
150 over 95
I quit the cigarettes!
por favor escríbanme en español
la señora no está, soy la niñera
ya basta de dolor, necesito algo
quiero cancelar la visita
no quiero más dolor
no me manden con ese doctor
mi abuelo ya no camina
me siento bajo de energía
no deseo cambiar de farmacia
dejen la caja con el portero
pare la lluvia y voy
estoy en la parada
please manden la medicine hoy
stop en la gas station y luego voy
no entiendo, in English please
"""
