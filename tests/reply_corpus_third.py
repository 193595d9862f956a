"""Revocations and others by a third author, written before they had read the word lists."""
# long because it is one list of texts

THIRD_STOPS = """
STOP
stop.
Stop!!
sTOP
stpo
sotp
stoop
STOP 🛑
🛑 stop
Stop plz
pls stop
stop it
STOP IT NOW
stop texting
Stop texting me
stop txting me
quit texting me
Quit sending these
Quit bothering my mother with these messages
unsubscribe
unsuscribe
unsubcribe me
Unsubscribed please
un subscribe
please unsubscribe this number
opt out
OPTOUT
opt-out please
I'd like to opt out of these
I want to opt out
i wanna opt out of the text messages
opting out
cancel
Cancel these messages
cancel my texts please
end
End these texts
quit
revoke
I revoke my consent
I hereby revoke consent to be contacted at this number
I withdraw my permission for you to text me
I take back my permission
I no longer give you permission to text this phone
I never agreed to this, take me off
I did not sign up for this. Remove me.
remove me
Remove me from your list
remove my number
Please remove my phone number from your system
remove this number from ur list asap
take me off your list
take me off this list plz
Take my name off whatever list this is
Get me off this list
delete my number
Delete me from your contacts
lose my number
Lose this number, seriously
do not text me
Do not text me again
dont text me anymore
Don't text me no more
dont txt this number again
do not contact me
Do not contact me again or I will report you
don't message me again
Please don't send me any more messages
please do not send anymore of these
No more texts
no more messages please
no more txts
No more of these please, thank you
Leave me alone
leave me the hell alone
leave us alone!!!
Just leave my dad alone, he doesn't want these
My mom does not want to receive these messages
My husband would like you to stop sending him texts
My father passed away, please stop sending messages to this phone
This is her daughter. Please take her off the text list.
I'm his caregiver and he doesn't want any more texts from you
He no longer wants these texts
She asked me to tell you to stop messaging her
I don't want these texts
i dont want these messages anymore
I do not want to get texts from the pharmacy
I don't wish to receive any further messages
I would prefer not to receive text messages
I'd rather not get texts from you guys
I'd rather you didn't text me
Could you please stop sending me these? Thanks so much
Hi, would you mind not texting me anymore? Thank you and God bless
Thank you but please stop the reminders
Thanks for the help but I'd like these to end now
No thank you, please stop
no thanks stop texting
Not interested stop
I'm not interested, don't text me again
not interested, take me off
How do I stop these messages
how do i unsubscribe
How can I get off this list?
how do I make these texts stop
can you stop
Can you please stop?
Can I opt out of this?
Will you stop texting me already
For the last time STOP
I said stop
I SAID STOP 😡😡
I already told you to stop
ive asked you 3 times to stop texting
what part of stop don't you understand
stop f***ing texting me
Stop fucking texting me you idiots
fuck off and stop texting
quit it with the damn texts
Enough with the messages
Enough already. Stop.
These texts are annoying, please make them stop
This is harassment. Stop or I call my lawyer
I will report you to the FCC if you text again
block me from your system
put me on your do not call list
add me to the do not contact list
Please discontinue
discontinue these notifications
Please cease all communication
cease and desist
turn off notifications
Turn these off please
please turn off the text alerts
stop notifications
stop all
STOPALL
Stop sending text messages period I don't want them period
hey um can you please stop sending me texts comma thank you
stop text
Top texting me
Stop messaging this phone
stop messeging me
plese stop sendin me mesages
stahp texting me
I don't need these reminders anymore, please stop sending them
Please stop. I get too many texts.
I get too many texts, take me off yours
I've changed my mind about getting these messages, please cancel
I changed pharmacies so please stop texting me
stop, I moved to another pharmacy
STOP I already take it
Already got my refill. Stop texting now
👎 stop
✋ no more
Do not call or text this number
Never text me again
never contact me again
You don't have permission to message me
This is a work phone, don't text here
don't use this number anymore
Please only mail me letters, no texts
I only want letters not texts
call me instead, dont text
End subscription
cancel subscription
I'd like to be taken off
I want off this list
I want out
I want these to stop
wish you would stop texting
please, no texts
no texts please
dnt txt me
ALTO
Alto por favor
parar
PARE
Pare ya
para ya con los mensajes
paren de mandarme mensajes
Por favor paren
deja de mandarme mensajes
dejen de escribirme
Dejenme en paz
déjame en paz
déjeme tranquila por favor
deje de molestar
No me escriban más
no me mande mas mensajes
no me manden mas textos x favor
Ya no me envíen mensajes
ya no quiero mensajes
no quiero recibir mas mensajes
No quiero que me escriban
no deseo recibir estos mensajes
No me interesa, no escriban más
cancelar
Cancelen los mensajes
quiero cancelar los mensajes de texto
quiero darme de baja
dar de baja
Denme de baja por favor
quítenme de la lista
quitenme de su lista
Quiten mi número
borren mi numero
Elimine mi número de su sistema por favor
eliminar mi numero
no más mensajes
no mas
no mas textos gracias
basta
¡Basta ya!
ya basta de mensajes
detener
detengan los mensajes
Mi mamá no quiere recibir estos mensajes
mi esposo ya no quiere que le manden textos
Soy la hija, por favor no le escriban más a mi papá
Retiro mi consentimiento
revoco mi permiso
no doy permiso para que me manden mensajes
¿Cómo dejo de recibir estos mensajes?
como cancelo esto
como hago para que no me escriban
Gracias pero ya no me manden nada
no molesten mas
no moleste 😠
No me contacten
no me llamen ni me escriban
desuscribir
Desuscribirme por favor
suspendan los mensajes
No autorizo mensajes a este número
saquenme de esta lista
me pueden sacar de la lista por favor
ya paren 🙏
termina los mensajes
fin
nomas mensajes pfavor
no mandes mas mensages
stop por favor
STOP los mensajes
please no más mensajes
stop mandando textos
ya stop con los texts
no me mandes más texts please
unsubscribe por favor
quiero hacer opt out
paren los text messages
no quiero más text messages gracias
"""

THIRD_NOT_STOPS = """
I'll stop by the pharmacy tomorrow
can I stop by today
stopping by after work
Will stop in Saturday
I can stop over around 3
don't stop
Please don't stop sending these, they help me
dont stop the reminders i like them
never stop texting me lol
I stopped smoking
i stopped smoking last year
I want to stop smoking
can you help me stop smoking
need help to quit smoking
I quit smoking in 2019
Trying to quit
quit drinking last month
My doctor told me to stop taking it
doctor stopped my metformin
Dr. said I should stop the lisinopril
I stopped taking the pills because they make me dizzy
stopped it last week, stomach pain
should I stop taking it before surgery
When should I stop taking aspirin
can I stop the medicine if I feel fine
Do I need to stop eating before the blood test?
the bleeding won't stop
my nose won't stop bleeding
I can't stop coughing
cant stop throwing up
The bus stop is far from the pharmacy
the bus doesn't stop there anymore
Is there a bus stop near you?
What time do you stop filling prescriptions
When do you stop giving flu shots
does the drive thru stop at 6
cancel my appointment
Need to cancel my appointment for Tuesday
can I cancel and come Friday instead
please cancel the refill of amlodipine
cancel my prescription for the old one
My insurance cancelled my plan
did my insurance get canceled?
they canceled my ride
I have to cancel today, my son is sick
end of the month works for me
At the end of the week
I'll come in at the end of the day
weekend is better
when does the program end
does this offer end soon?
my plan ends in December
Can you remove the gabapentin from my list
remove the cap is too hard, need easy open bottles
please take the childproof caps off
take me off the blood pressure med? it makes me tired
My doctor took me off of it
I'm off the medicine now
Please put me on the list for the flu shot
add me to the list
My number changed, please update it
new number is the one im texting from
can you text me again tomorrow
text me later
please text me when it's ready
Send me another message next week
send me the address again
no
No thanks
no thank you
No not yet
not now
not today
maybe later
Not sure
I don't want the shot
I don't want to take any more pills
I do not want a generic
I don't want to switch pharmacies
don't want it delivered, will pick up
I don't need a refill yet
I dont have a ride
I can't afford it
too expensive
It costs too much, no more money til the first
no more pills left
I have no more refills
No more side effects, feeling good
I ran out, none left
yes
Yes please
YES
ok
Okay thanks
Sure
sounds good 👍
Thank you!
thanks, these reminders help a lot
God bless you
Who is this?
who is texting me
What is this about
is this a scam?
how did you get my number
are you a real person
call me
Please call me
Can someone call me?
can you call instead of me coming in
call my wife she handles my meds
please contact my doctor about it
Don't call my doctor yet
don't call during work hours
do not leave it on the porch
Don't send it to the old address
please do not send the generic
do not send by mail, I'll pick up
help
HELP
Info
START
start texting me again
unstop
I want to sign up
subscribe
What are your hours
What time do you close
are you open on Sunday
where are you located
Spanish please
I already picked it up
Picked it up yesterday
already had my flu shot at work
I take it every day
I missed a few days
sometimes I forget
i feel dizzy when i stand up
Top of the morning! Yes I can come
I'll shop there and stop at the counter
I stop there every Friday
pit stop at the pharmacy at noon ok?
Nonstop headaches since I started it
My headaches have stopped, thank you
It has stopped working for me
it stopped working, need new inhaler
My glucose meter stopped
pharmacy was out of stock
Do you have the opt for 90 days
what are my options
I opted for the 90 day supply
Can I opt for delivery
I'd like to quit the patch and try gum
my job quit paying for insurance
the machine at the counter ended up charging me twice
I left my card there
Leave it at the front desk please
leave it with my neighbor
leave me a message if I don't answer
I live alone and can't drive
left you a voicemail
delete the old address please
Please update my phone number
I lost my pills
lost my number for the pharmacy can you send it
wait stop I meant Tuesday not Thursday
hold on, 2pm not 3
I have enough pills for now
that's enough for 30 days
got enough, thanks
Can't talk now, driving
I turned off my phone earlier sorry
my power got turned off, is insulin still ok
can you turn the refill into 90 days
block 4 building B is my address
I'm taking a block of days off work, then I'll come
I end up forgetting my evening dose
the bottle says discontinue if rash, I have a rash
was my medication discontinued?
did they discontinue that brand
I don't want to stop
I do not want these messages to stop
Why did you stop texting me
you stopped sending reminders, can you turn them back on
I didn't mean to text STOP, please keep sending
ignore my stop, I want the texts
Why did the messages stop?
My wife wants to quit her job lol
😂😂
👍
🙏
10am
1
2
C
no quiero parar
No paren de mandarme recordatorios, me ayudan
no quiero dejar el tratamiento
dejé de fumar
Deje de fumar hace un año
quiero dejar de fumar
quiero parar de fumar
el doctor me dijo que parara la medicina
me pararon la pastilla
dejé de tomarla porque me marea
ya no tomo esa medicina
¿Puedo dejar de tomarla?
para mañana
es para mi mamá
para que es esto
¿Para qué sirve?
¿a qué hora paran de atender?
la parada del bus queda lejos
mi presión está alta
tengo la presión alto
soy alto y peso 90 kilos
cancelar mi cita
quiero cancelar la cita del martes
Me cancelaron el seguro
el fin de semana puedo ir
a fin de mes paso
por fin me siento mejor
la presión me baja mucho
tengo el azúcar baja
estoy de baja en el trabajo
no
No gracias
no por ahora
ahora no puedo
No quiero la vacuna
no quiero la pastilla genérica
no tengo más pastillas
ya no tengo más
no mas dolor gracias a dios
no me ha llegado el mensaje
no me llegan los mensajes
mándeme otro mensaje mañana
mandenme la direccion
sí
Si por favor
gracias
ok gracias
¿Quién es?
quien me escribe
Llámeme por favor
llámenme mejor en la tarde
¿Cuánto cuesta?
está muy caro
no tengo como ir
a qué hora abren
ya la recogí
me quitaron el seguro
me quita el sueño la pastilla
el dolor no se me quita
no se me quita la tos
puedo pasar mañana
paso por la farmacia el viernes
me siento mal
no puedo parar de vomitar
no para de sangrar
dejen la medicina en la puerta
déjela con mi vecina
basta con una caja
con 30 basta
no molesta, gracias por recordarme
ayuda
voy a stop by mañana
can I stop by a las 3
no stop, me gustan los reminders
ok gracias see you mañana
stop smoking ayuda por favor
my doctor me dijo stop la metformina
"""
