"""A third list of people (a bus driver, a home aide, ...), and answers to questions."""
# long because it is one list of texts

FIFTH_STOPS = """
please no send me message again
i not want receive this message, thank you
why you send me every day, please stop send
This is Mrs. Alvarez, retired teacher. I should like you to cease texting me.
I have asked politely before. Kindly discontinue.
Kindly strike me from your mailing of texts
lol pls stop texting this number its my school phone
yo can yall stop hitting my phone
quit messaging i already moved states
I drive the bus, can't have messages. Cancel them all.
I take care of Mr. Jones. He wants no more text messages.
client requests to be removed from texting
I'm the POA for my aunt, she does not consent to text messages
I served two tours and I don't need your damn reminders. Stop
Last warning. Stop texting me.
Texting me again will get you sued
um sorry but could I not get these anymore
if its ok id rather stop getting texts
Feature request: let me unsubscribe
UNSUBSCRIBE ME FROM ALL LISTS
Please opt this number out
Opt me out, thanks.
please stop sending me text I can not read them
My screen reader reads these all day, please end them
stop with the messages comma please exclamation point
hey can you stop texting me I have another drug store now
take this phone off
take my mother's cell off your texting list
Remove Dad's number, he is in hospice and confused by these
My wife passed in June. Please do not text her phone.
This phone is for emergencies only, no texting
I don't do text. Take me off.
Not a fan of texts. Please stop them.
these messages gotta stop
the texts need to end
no mo texts
dont send nothin else
Dont text no more
pleeease stop
stoppp texting meee
STOP IT!!! 🤬🤬
❌ stop texting
unsubsrcibe
cancel texts
No msgs plz
por favor ya no me mande mensajitos, mijo
oiga deje de estar mandando textos
que no me manden nada más
no quiero nada de mensajes
quiero salirme de esta lista de mensajes
cómo me doy de baja
deme de baja
ya párenle con los textos
chico, quítame ese servicio de mensajes
No deseo que me contacten por este medio
a mi esposa ya no le escriban
bórrenme de su base de datos
esos mensajes me molestan, no los mande
alto a los mensajes
no autorizo que me manden textos
no me gustan los texts, stop please
ya no quiero que me texteen ok bye
dame de baja from the messages
take me off la lista porfa
please remove my dad's cell
delete our number thanks
don't text this phone number
could you not text me
I'd appreciate if you didn't message me
these reminders need to stop
the messages have to stop
your texts have got to end
text me again and I will sue
message me one more time and I'm calling a lawyer
dont send me nothing
do not send anything to this phone
can't be getting texts at work, cancel them
I can't have these texts, remove me
get rid of these messages
how do I get rid of these
whats it take to be removed
unenroll me
pull me off the list
I'm out. No more.
not wanting these anymore
no longer want these
dont need these no more
she doesn't need these messages
he is asking you to stop
my client does not want text messages
we do not accept texts on this line
landline please stop texting
this is a business phone remove it
these aren't for me, stop sending
I get enough junk, no texts
too many messages!! stop
I am not interested in texts
please end my enrollment in texts
withdraw me from messaging
end all messages
quit all texts
no reminders please
I don't like getting texts
texts bother me, please no more
no quiero que me manden mensajes
quiten el número de mi mamá
ya no envíen nada a este número
no necesito sus mensajes
estos mensajes tienen que parar
quiero que paren los mensajes
me quiero salir de los mensajes
ya no quiero esos mensajitos
no vuelvan a escribir
le mando a mi abogado si siguen escribiendo
no acepto textos
retírenme de la lista
den de baja mi celular
bloqueen mi número de su sistema
ya fue suficiente, no escriban
"""

FIFTH_NOT_STOPS = """
please when my medicine ready
i not take the medicine today, stomach hurt
why so many pill
This is Mrs. Alvarez. I should like to speak with the pharmacist.
I have asked my doctor before, he said wait
Kindly mail my prescription
lol ok see u at 4
yo do yall have cough syrup
i moved, can you send to the new address
I drive the bus until 5, text me after
I take care of Mr. Jones. He wants his refill delivered.
client requests delivery on Monday
I'm the POA for my aunt, what forms do you need
I don't need your pity, I need my insulin
Last refill was in May
um sorry but could I come Thursday instead
if its ok id rather come in person
let me check with my daughter
please send me text when ready I can not hear calls
My screen reader can't open the link
comma I mean yes
hey can you move it to another drug store
take two a day right?
take it off hold please
Remove the hold on my account
My wife passed her eye exam
This phone dies a lot, sorry for slow answers
I don't do needles. Is there a pill?
Not a fan of the taste
these cramps gotta stop
the cough needs to end, any syrup?
no mo pills left
dont have nothin to eat
I have no transportation
No phone at home only this cell
no I never skip
never
Not at all
None
several days
nearly every day
I feel down more than half the days
I can't stop worrying
I don't want to talk about money
nobody helps me
I wish I could end this diet lol
thanks for texting
I like these texts
I read your message thank you
The message was cut off, send again?
did you get my message
por favor mande mi medicina, mijo
oiga deje la receta lista
que no me manden la genérica
no quiero nada de comer
quiero salirme temprano del trabajo para recogerla
cómo me tomo la pastilla
deme cita
chico, llámame luego
a mi esposa ya no le duele
esos dolores me molestan
a veces
nunca
no tengo transporte
me alegran sus mensajes
I need la receta please
ya la tomé ok bye
cuando close la pharmacy
I like getting the texts
these texts are great
please text me when it's ready
text me instead of calling
send the text again please
your message got cut off
I didn't get the last message
I can't open the message
can't read the text, letters too small
I can't hear, text only please
the cough has to stop
the pain needs to end
this rash won't quit
these side effects gotta end
take it off the shelf for me
take off my holds
put it on hold please
take the order off hold
I can't eat anything
I don't want to eat
I don't want anything else
no thanks I don't need anything
I don't have anything to eat
I need to leave work early to pick it up
I get off work at 5
I'm off on Monday
day off tomorrow
get me a list of pharmacies
what number do I call
my number is the same
keep my number on file
same phone number
please update my number
Is this the right number for the pharmacy
I never got a text about my refill
never mind
no more than usual
I have no more insulin
don't send it yet
do not fill it yet
please don't fill the old one
not until next week
I'm not home now
I can't get there
can't drive at night
don't let it run out please
I don't know
I don't understand the question
could you not mail it this time
I'd rather you deliver
remove the child lock cap
delete the duplicate order
my doctor wants me to end the steroid
done with the first bottle
I finished my pills
I'm done answering for today, tomorrow ok
they stopped my benefits
my food stamps got cut off
they cut off my electricity
power was shut off
turned off my water
I was laid off
got kicked out of my apartment
I feel bothered by it a lot
not bothered at all
being so restless it is hard to sit still
trouble falling asleep
I worry all the time
no one to talk to
nobody calls me
I feel left out
please call, I can't text well
call me at this number
send the nurse
send me info about it
can you send that to my daughter too
que no me manden la de marca
no me manden la grande
no quiero comer
no quiero nada
ya no quiero la pastilla
salgo del trabajo a las cinco
quiero salir a caminar
me gustan los mensajes
gracias por sus mensajes
no me llegó el mensaje
me cortaron la luz
me quitaron las estampillas
no tengo comida
no sé leer bien
me molesta la espalda
no me molesta
para nada
casi todos los días
varios días
no mucho
ya no aguanto el dolor
quiero que me llamen
mándeme la lista de medicinas
cuál es su número
mi número es el mismo
pare en la farmacia y estaba cerrada
"""
