"""Texts that may or may not revoke, Spanish ones that do not, and those that ask for more."""

MORE_DOUBTFUL = """
cancel that
cancel it
i quit this
im quitting
I'm done with this
done with this
I'm done with you people
i dont want this
why are you texting me
why do you people keep contacting me
who keeps texting me
who gave you my number
I didn't sign up for this
i did not sign up for any of this
never signed up
this is spam
this is a scam
scammer
spam
I'm reporting you
i will report you
I am going to block you
reported and blocked
go away please
get lost
f off
screw you
buzz off
I am not interested
not interested thanks
no interest
no estoy interesada
no estoy interesado gracias
no me interesa gracias
ya no me interesa
esto es acoso
esto es spam
esto es una estafa
no quiero nada de ustedes
ya no quiero nada
ya no quiero esto
ya no quiero seguir
ya no quiero seguir en esto
this is her daughter, she died
he is deceased
my husband has passed. this was his phone
she is no longer with us
el señor ya falleció
la señora murió
stop the refill reminders
stop service
1 and stop
3 stop
stop 150/95
"""

STARTS = """
START
start
Unstop
start please
resume
start texting me again
sign me back up
opt me in
comenzar
reanudar
"""

HELPS = """
HELP
help
Help please
INFO
ayuda
Ayuda por favor
información
who is this?
Who's this
who are you
quien es?
¿Quién me escribe?
de parte de quien
how did you get my number
"""

WRONG_NUMBERS = """
wrong number
Wrong number!
you have the wrong number
wrong #
sorry wrong person
u got the wrong guy
this is not her phone
this isn't his number anymore
not my number
I don't know anyone by that name
no one here by that name
nobody with that name
I dont know who that is
she doesn't have this number anymore
he no longer has this phone
I am not that person
número equivocado
numero equivocado
se equivocó de número
está equivocado
no soy esa persona
no conozco a esa persona
aquí no vive nadie con ese nombre
"""

SPANISH_NOT_STOPS = """
fin de mes
a fin de mes
al fin de semana
por fin me llegó
al fin fui a la farmacia
hasta el fin de mes
sin fin
no puedo parar de toser
no puedo dejar de estornudar
dejé de fumar
quiero dejar el cigarro
dejé de tomar la pastilla
deje de tomarla porque me mareaba
el doctor me dijo que dejara la pastilla
¿puedo dejar de tomarla?
se me acabaron
ya no tengo pastillas
ya no me quedan pastillas
no más tengo dos
nada más dos
nomás una vez
no mas una pastilla
solo una
la tengo alta
me salió alto
la presión está muy alta
el azúcar salió alto
salió alto 180
colesterol alto
mi doctor me canceló la cita
me cancelaron la cita
no cancelen mi cita
no me cancelaron
cáncer de mama
tengo cáncer
voy a salir de viaje
voy a salir mañana
voy saliendo del trabajo
salí del hospital
al salir del trabajo paso
salgo a las 5
para mañana
para mi mamá
es para la presión
son para el azúcar
parado todo el día
me mareo cuando me paro
la parada del bus
baja presión
la presión baja
me bajó el azúcar
bajé de peso
ya
ya fui
ya la recogí
ya me la tomé
no he ido
no puedo
no tengo
no sé
no quiero insulina
no quiero tomar más pastillas
no quiero ir al hospital
ya no tomo esa
no me duele
no me la dieron
me molesta el estómago
llámeme por favor
llámenme mañana
mándeme el mensaje otra vez
sí quiero los mensajes
me gustan los mensajes
gracias por el mensaje
mensaje recibido
no me llegó el mensaje
quiero hablar con alguien
no entiendo
que paso
cuando termina el programa
cuándo se termina
terminé la caja
ya terminé las pastillas
termina hoy
"""
