"""Revocations as people write them in Spanish, one text a line."""

SPANISH_STOPS = """
Alto!
alto ya por favor
ALTO ALTO ALTO
alto a los mensajes
alto con los mensajes
alto a esto
pare por favor
Pare de enviar mensajes
paren de mandar mensajes
paren de molestarme
paren con los mensajes
pare los mensajes
paren los textos
parar mensajes
parar los mensajes por favor
PARE YA
ya pare
ya paren por favor
ya párenle con los mensajes
ya basta
basta ya
¡Basta!
basta de mensajes
ya estuvo
ya no más mensajes
no mas textos
no más textos por favor
no mas msjs
no mas mensajes de texto
nomas mensajes
no quiero mas mensajes
no quiero más mensajes por favor
no quiero mensajes
no quiero sus mensajes
no quiero estos mensajes
no quiero recibir estos mensajes
ya no quiero recibir mensajes
ya no quiero que me manden mensajes
no quiero que me manden nada
no quiero que me llamen
no quiero que me textien
no quiero que me molesten
No deseo recibir mensajes
no deseo participar
no quiero participar
ya no deseo estar en el programa
ya no quiero estar en este programa
quiero salir del programa
quiero salirme de esto
quiero salir de la lista
sáquenme del programa
saquenme de su lista
sáqueme por favor
sacame de la lista
quítenme de su lista por favor
quiteme de la lista
quíteme
quiten mi número
quiten mi numero de la lista
borren mi numero por favor
borre mi numero
borra mi número
bórreme de la lista
elimíneme de la lista
eliminen mi numero
eliminar mi numero
eliminar
remover
remueva mi numero
remuévame de la lista
dame de baja
deme de baja
denme de baja por favor
dar de baja
darme de baja
quiero que me den de baja
baja por favor
cancelar suscripción
cancelar por favor
cancelen los mensajes
cancele mi suscripcion
quiero cancelar los mensajes
quiero cancelar el servicio
cancela los mensajes
cancelen mi inscripción
cancelar inscripcion
anular suscripcion
desuscribirme
desuscríbanme
desinscribirme
quiero desuscribirme
no me mande mensajes
no me manden mas
no me manden nada
no me mandes mensajes
ya no me mande mas mensajes
ya no me escriban mas
no me escriba más
no me escriban por favor
no me envie mas mensajes
no me envien nada
ya no me envíen nada
no me contacten
no me contacte más
no me vuelvan a escribir
no vuelvan a escribirme
no vuelvan a mandar mensajes
no me textee
no me texteen mas
no me llame más
no me molesten
no me molesten más por favor
no molesten
no moleste mas
dejen de molestarme
deje de molestar
dejen de escribirme
dejen de enviar mensajes
deja de mandarme mensajes
dejen de mandar tantos mensajes
deje de mandar textos
dejen de enviarme textos por favor
déjeme en paz
dejenme en paz ya
déjenme tranquila
dejeme tranquilo
dejen de llamarme
detener mensajes
detengan los mensajes
detenga
detener por favor
suspender
suspendan los mensajes
suspender mensajes
terminar mensajes
terminen los mensajes
revoco mi consentimiento
retiro mi consentimiento
no doy permiso para que me escriban
no autorizo mensajes
no autorizo que me manden mensajes
no tienen mi permiso
ya les dije que no me manden mensajes
ya les dije alto
les dije que paren
por favor ya no manden mensajes
por favor no manden mas mensajes
favor de no mandar mensajes
favor de no enviar más
favor de quitarme de la lista
por favor deje de enviarme estos mensajes
señor por favor no me escriba
hola por favor ya no me mande mensajes gracias
gracias pero ya no quiero mensajes
no gracias no quiero mensajes
no necesito sus mensajes
no necesito estos mensajes
no me interesan sus mensajes
no me interesa, quiteme de la lista
stop por favor
stop gracias
stop los mensajes
stop ya
estop
ya stop
no mas!!!
no más 🛑
alto 🙏
quiero parar los mensajes
quiero terminar
como paro los mensajes
cómo cancelo los mensajes
como me doy de baja
como me salgo de esto
"""
