"""What members write, one text a line, by what it means."""

STOPS = """
STOP
stop
Stop.
STOP!!!
"stop"
 stop\t
Stop please
please stop
pls stop
ok stop
STOP STOP STOP
stpo
sotp
stopp
st op
S T O P
stop it
StopAll
STOP ALL
Unsubscribe
unsubcribe
unsuscribe me
please unsubscribe me
unsubscribe from this
cancel
CANCEL
cancle
end
END.
quit
Quit!
revoke
opt out
OPT-OUT
optout
i want to opt out
please opt me out of this
remove
remove me
please stop texting me
Stop texting me!
stop messaging me
STOP SENDING ME MESSAGES
stop sending these texts
stop with the texts
quit messaging
quit texting my phone
stop contacting me
stop bothering me
take me off your list
Take my number off this list
remove my number
get me off this list
delete my number
lose my number
do not text me again
don't text me
Don't contact me anymore
dont message me any more
never text me again
no more texts
no more messages please
I don't want these messages
I do not want to receive texts
i no longer want these texts
i don't want to be in this program
I revoke my consent
withdraw my permission
leave me alone
I said stop
I already replied STOP
please stop now
stop thank you
stop 🛑
cancel my enrollment
cancel these texts
ALTO
alto por favor
¡ALTO!
pare
Paren ya
parar
cancelar
Cancele
no más
no mas por favor
no mas mensajes
basta
no me manden mas mensajes
No me manden más mensajes por favor
no me envíen mensajes
no me escriban
no me llamen
ya no me manden mensajes
ya no quiero mensajes
no quiero recibir mensajes
no quiero que me escriban
dejen de mandarme mensajes
deje de escribirme
dejen de molestar
quítenme de la lista
sáquenme de esta lista
borren mi número
bórrenme
denme de baja
quiero darme de baja
cancelar mensajes
déjenme en paz
revoco mi permiso
STOPPPP
how do i stop these messages
Alltoooo
ya no mas
I want to cancel my enrollment
can i cancel the texts
please cancel my enrollment in this program
would you please stop sending this crap
how can I opt out
don't send me anything else
no thank you please remove
párele
no moleste
elimine mi numero
cancelen todo
no deseo recibir mas textos
stop the messages
can you stop calling
i want to quit
I want to cancel
quiero cancelar
ya no quiero participar
"""

DOUBTFUL = """
not interested
no me interesa
I quit
stop by the counter and stop
stop what
how do I unsubscribe?
i need you to stop
why do you keep texting me
i never signed up for this
this is harassment
I'll report you to the FCC
go away
END SERVICE
no longer interested
1 stop
Stop 2
she passed away
He died last month
ya falleció
the member is deceased
"""

NOT_STOPS = """
cancel my appointment?
Cancel my order
cancelar mi cita
can I cancel my refill
can you cancel my order
cancel my delivery for tomorrow
cancel the appointment please
i need to cancel my appointment
I want to cancel my appointment on friday
cancel the refill please
quiero cancelar mi cita
cancele mi cita del lunes
cancelar el pedido
can you cancel the lisinopril, doc changed it
I can't stop coughing
i cant stop sneezing
bus stop
at the bus stop now
when does it end?
When will this end
the end of the month
at the end of the week
I want to quit smoking
i stopped smoking
trying to stop drinking
should I stop taking the pills?
doctor said to stop taking it
can I stop my medicine
don't stop texting me
please dont stop sending these
I never quit
my job ended
please don't cancel my appointment
did you cancel my order
i stopped by yesterday
stop by at 5?
the pain won't stop
doctor told me to quit salt
till the end of may
when does the program end
my husband died last week
sorry this is not maria
I'm not feeling well
I need help with food
necesito ayuda
no more pills left
no more than two
weekend is fine
nonstop pain
dead end street
presion alta
azucar alto
mi hijo es alto
no puedo dejar de toser
quiero dejar de fumar
para los lunes
al fin llego
el fin de semana
no más que dos
1
2
3
1,3
1 and 3
yes
no
No
Sí
nope
150/95
150 over 95
BP 150-95
azucar 148
Low
baja
ok thx
my dog ate it
thank you
gracias
I need more medicine
what time do you open
I took all my pills this morning
tomorrow
"""


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line.strip()]
