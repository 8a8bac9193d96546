import type { Lexicon } from './lexicon.ts'

/** Sections 09 to 11: public safety, the environment, what has no section of its own. */
export const SAFETY: Lexicon = {
  '09': 'delitos contra la seguridad pública; delitos contra la seguridad; delitos contra la seguridad ciudadana; seguridad pública; delitos contra la seguridad colectiva',
  '0901':
    'ley de control de armas; infracción a la ley de armas; ley de armas; control de armas; armas y explosivos; ley sobre control de armas; delitos de armas; ley 17798; armas; infracción a la ley de control de armas; otros delitos ley de armas; ley de armas y municiones; ' +
    'ley federal de armas de fuego y explosivos; weapons offences; otras infracciones ley de armas',
  '09011':
    'posesión o tenencia de armas; tenencia de armas; porte de armas; posesión de armas y explosivos; porte ilegal de armas; tenencia ilegal de municiones; tenencia ilegal de armas; posesión, tenencia o porte de armas; tenencia de armas o explosivos; portación de armas; posesión o tenencia de municiones; municiones; portación ilegal de armas; posesión de municiones y sustancias químicas; municiones y explosivos',
  '090111':
    'porte ilegal de arma de fuego; tenencia ilegal de arma de fuego; portación de arma de fuego; posesión de arma de fuego; porte de arma de fuego; portación ilegal de armas de fuego; posesión de armas de fuego; porte de arma prohibida; tenencia de arma prohibida; municiones; posesión de municiones; porte de municiones; ' +
    'posesión, tenencia o porte de armas sujetas a control; porte de armas prohibidas; disparo injustificado; disparos injustificados; arma hechiza; arma artesanal; armas sujetas a control; abandono de armas; firearm possession; tenencia de municiones; arma de fuego; arma de guerra; uso de arma de fuego; fabricación de armas artesanales; posesión o porte de armas prohibidas; disparo de arma de fuego; unlicensed firearm; portación responsable; no entrega de arma inscrita; posesión tenencia o porte de municiones; disparos en vía pública',
  '090112':
    'porte de arma blanca; arma blanca; arma cortante; porte de arma cortante o punzante; explosivos; tenencia de explosivos; bombas incendiarias; porte de bombas incendiarias; artefacto explosivo; colocación de bomba; colocación de artefacto explosivo; bomba molotov; arrojar bombas incendiarias; artefactos incendiarios; artefacto incendiario; ' +
    'porte de armas cortantes o punzantes; portación de armas ofensivas; armas punzo cortantes; porte de elementos explosivos; fabricación de explosivos; fuegos artificiales; activación de explosivos; tenencia de bombas; portación de arma punzocortante; cuchillo; knife possession; envío de carta explosiva; posesión de explosivos; fuegos artificiales ley; detonación de explosivos; materiales explosivos; armas químicas posesión; bomba',
  '090113':
    'materiales químicos o biológicos; materiales radiactivos; armas químicas; armas biológicas; sustancias nucleares; materiales nucleares; sustancias peligrosas; material radiactivo; energía nuclear; armas bacteriológicas; residuos radiactivos',
  '09012':
    'tráfico de armas; comercio ilegal de armas; contrabando de armas; fabricación de armas; tráfico de armas y explosivos; fabricación, armado y comercialización de armas; arms trafficking; venta de armas; fabricación y tráfico de armas; fabricación, comercialización e importación de armas; acopio de armas; almacenamiento de armas; depósito de armas',
  '090121':
    'tráfico de armas de fuego; ~tráfico de armas; tráfico de municiones; comercio de armas de fuego; fabricación de armas de fuego; venta de armas de fuego',
  '090122': 'tráfico de explosivos; comercio de explosivos; tráfico de municiones y explosivos',
  '09019':
    '~infracción a la ley de armas; ~control de armas; uso indebido de arma de servicio; robo de armas; abandono de arma; hallazgo de armas; falta ley de armas; adulteración de armas',
  '0902':
    'salud y seguridad; seguridad de productos; adulteración de alimentos; código sanitario; delitos sanitarios; infracción al código sanitario; delitos contra la salud pública; medicamentos adulterados; seguridad alimentaria; alimentos',
  '09021':
    'seguridad e higiene en el trabajo; seguridad en el trabajo; accidentes del trabajo; seguridad laboral; infracción a normas de seguridad laboral; condiciones de trabajo peligrosas; ley de accidentes del trabajo',
  '09029':
    'adulteración de alimentos; adulteración de sustancias alimenticias; venta de alimentos en mal estado; adulteración de medicamentos; venta de medicamentos; ejercicio ilegal de medicina; ejercicio ilegal de la medicina; productos nocivos; código sanitario; faenamiento clandestino; matanza clandestina; venta de productos nocivos; expendio de medicamentos sin autorización; ~delitos contra la salud pública; ' +
    'beneficio clandestino de animales; venta de medicamentos adulterados; alimentos adulterados; sustancias nocivas; comercio de sustancias nocivas; infracción a normas sanitarias; falta de higiene; perros peligrosos; medicinas falsas; ejercicio ilegal de profesiones médicas; fabricación de sustancias peligrosas para la salud; construcción insegura; responsabilidad en la construcción',
  '0903':
    'delitos informáticos; ley de delitos informáticos; cibercrimen; ciberdelito; ley 19223; ley 21459; computer crime; delitos computacionales; ciberdelitos; infracción ley sobre delitos informáticos; informática',
  '09031':
    'acceso ilícito a sistema informático; acceso indebido a sistemas; hacking; intrusión informática; acceso ilícito; acceso no autorizado a sistema informático; acceso a sistemas y equipos de informática',
  '09032':
    'sabotaje informático; daño informático; ataque a sistema informático; ataque a la integridad de un sistema informático; interferencia de sistemas; ataque informático; malware',
  '090321':
    'sabotaje informático; ataque a la integridad de un sistema informático; interferencia de sistema; denegación de servicio; ransomware; destrucción de sistema informático',
  '090322':
    'daño de datos informáticos; ataque a la integridad de los datos informáticos; alteración de datos; falsificación informática; destrucción de datos; alteración de datos informáticos; destrucción de registros informáticos; virus informático',
  '09033':
    'interceptación de datos; interceptación ilícita de datos; divulgación de datos informáticos; espionaje informático; apoderamiento de información de sistema; interceptación informática; revelación de datos de sistema; interceptar datos informáticos',
  '09039':
    '~delitos informáticos; abuso de dispositivos; receptación de datos informáticos; fraude informático; posesión de programas maliciosos',
  '0904':
    'seguridad del estado; ley de seguridad del estado; ley de seguridad interior del estado; sedición; rebelión; traición; espionaje; delitos contra la seguridad del estado; delitos contra la soberanía; ultraje a la nación; traición a la patria; golpe de estado; ley 12927; ' +
    'crímenes contra la seguridad exterior; sublevación; delitos contra la seguridad exterior y soberanía del estado; delitos contra la seguridad interior del estado; conspiración rebelión; treason; sabotaje al estado; justicia militar; código de justicia militar; deserción; delitos militares; ataque a cuartel; delitos contra la defensa nacional; ultraje a centinela; delitos contra los poderes del estado; usurpación de uniforme militar; delitos contra el orden constitucional; insubordinación; ofensas a las fuerzas armadas',
  '0905':
    'concierto para delinquir; asociación ilícita; asociaciones ilícitas; organización criminal; crimen organizado; maras; pandillas; grupos delictivos organizados; agrupaciones ilícitas; delincuencia organizada; organized crime; asociación delictuosa; asociación criminal; ley contra la delincuencia organizada; conspiración delincuencia organizada; mara; agrupación ilícita',
  '09051':
    'asociación ilícita; participación en asociación ilícita; participación en grupo delictivo; pertenencia a organización criminal; asociación para delinquir; asociación delictuosa; pertenencia a mara; pandillerismo; pandillaje; agrupaciones ilícitas; miembro de pandilla; asociación ilícita criminal; integrar asociación criminal; banda criminal; asociación criminal',
  '09059':
    '~organización criminal; ~crimen organizado; reclutamiento para pandillas; financiamiento de organización criminal; marcaje; reglaje',
  '0906':
    'terrorismo; ley antiterrorista; conductas terroristas; ley 18314; delitos terroristas; actos terroristas; terrorism; conducta terrorista; ley que determina conductas terroristas',
  '09061':
    'asociación ilícita terrorista; pertenencia a grupo terrorista; afiliación a organización terrorista; asociación terrorista; reclutamiento terrorista; participación en grupo terrorista; agrupación terrorista',
  '09062':
    'financiamiento del terrorismo; financiación del terrorismo; terrorist financing; financiamiento terrorista; fondos para terrorismo; financiar terrorismo',
  '09069':
    'atentado terrorista; apología del terrorismo; ~terrorismo; atentado explosivo terrorista; colaboración con terrorismo; amenaza terrorista; incendio terrorista; homicidio terrorista; atentado contra autoridad terrorista',
  '0907':
    'infracciones de tránsito; ley de tránsito; infracción a ley de tránsito; conducir sin licencia; conducción sin licencia; conducir sin la licencia debida; conducción con licencia suspendida; exceso de velocidad; faltas de tránsito; otras infracciones ley de tránsito; no prestar ayuda en conducción a exceso de velocidad; no dar cuenta de accidente de tránsito; ' +
    'traffic violation; conducción no habilitada; licencia de conducir vencida; fuga del lugar del hit and run; no detener la marcha; driving without licence; conducción contra sentido; delitos contra la seguridad del tránsito; conducción sin licencia profesional; ley 18290; estacionamiento; delitos de tránsito; conducción inexperta; circulación de vehículo sin placa; no respetar luz roja; uso de placa; no detenerse ni prestar ayuda; carreras clandestinas; conducir sin haber obtenido licencia; huir del lugar del atentado contra seguridad de tránsito; permiso de circulación; tránsito; responsabilidad de conductores',
  '0909':
    '~delitos contra la seguridad pública; navegación ilegal; ley de aeronáutica; código aeronáutico; navegación aérea; drones; ferrocarriles; ley general de ferrocarriles; fuegos artificiales; seguridad aérea; incumplimiento de medidas de seguridad; navegación',
  '10': 'delitos ambientales; delitos contra el medio ambiente; delitos contra el ambiente; delitos ecológicos; delitos contra los recursos naturales; delitos contra el ambiente y los recursos naturales; environmental crime; medio ambiente',
  '1001':
    'contaminación; contaminación ambiental; contaminación del medio ambiente; delitos de contaminación; polución; contaminación atmosférica y acuática; pollution; degradación del ambiente; daño ambiental; contaminación industrial; atentado contra el medio ambiente; contaminar',
  '10011':
    'contaminación del aire; contaminación atmosférica; emisiones; contaminación acústica; quema; quemas ilegales; emisión de gases; humos',
  '10012':
    'contaminación de aguas; contaminación del agua; contaminación de ríos; introducción de contaminantes en aguas; envenenamiento de aguas; ley de pesca contaminación; contaminación marina; derrame; vertimiento al mar; introducir agentes contaminantes al mar',
  '10013': 'contaminación del suelo; contaminación de suelos; degradación de suelos',
  '1002':
    'residuos; desechos; vertedero clandestino; residuos peligrosos; vertimiento de desechos; basura; botar basura; transporte de residuos; waste dumping; traslado de desechos; escombros; microbasural; vertederos ilegales',
  '10021':
    'vertedero clandestino; depósito ilegal de basura; vertimiento de desechos; transporte ilegal de residuos; botar basura; botadero ilegal',
  '10022':
    'tráfico de residuos peligrosos; importación de desechos; traslado transfronterizo de residuos; ingreso de desechos tóxicos',
  '1003':
    'tráfico de fauna; tráfico de flora y fauna; especies protegidas; comercio de especies protegidas; tráfico de especies; tráfico ilegal de flora y fauna protegida; tenencia de fauna silvestre; caza y comercio prohibido; wildlife trafficking; vida silvestre; fauna silvestre; flora y fauna; tráfico de fauna silvestre; ley de caza; áreas protegidas; especies exóticas',
  '10031':
    'comercio de fauna silvestre; posesión de fauna silvestre; tráfico de fauna silvestre; tráfico de especies silvestres; tenencia ilegal de fauna; venta de animales silvestres; aprovechamiento ilegal de fauna; tráfico de vida silvestre',
  '100312':
    'tráfico internacional de especies; exportación de fauna; exportación de especies protegidas; importación de especies',
  '10032':
    'perros peligrosos; animales peligrosos; tenencia de animales prohibidos; especies invasoras; tenencia de perros',
  '1004':
    'recursos naturales; agotamiento de recursos; delitos contra recursos naturales; extracción ilegal de recursos; usurpación de aguas; explotación ilegal de recursos naturales; delitos forestales; depredación',
  '10041':
    'tala ilegal; corta de árboles; ley de bosques; corta ilegal de bosque nativo; tala de árboles; deforestación; illegal logging; delito forestal; delitos forestales; delitos contra los bosques; tráfico de madera; ley forestal; aprovechamiento ilegal de madera; bosque nativo; tráfico de productos forestales; roce a fuego; ley de bosque nativo; uso ilegal de fuego en bosque; corta de bosques; destrucción de bosques; transporte ilegal de madera; rozas; recolección ilegal de productos forestales; bosques',
  '10042':
    'caza ilegal; pesca ilegal; ley de pesca; ley de caza; infracción a la ley de pesca; pesca prohibida; extracción ilegal de recursos hidrobiológicos; caza y comercio prohibido; caza; pesca; recursos hidrobiológicos; veda; poaching; depredación de flora y fauna; infracción ley general de pesca; pesca con explosivos; extracción ilegal de especies acuáticas; ley general de pesca y acuicultura; caza furtiva; productos del mar',
  '10043':
    'minería ilegal; extracción ilegal de minerales; explotación ilegal de minerales; illegal mining; extracción de áridos; código de minería; explotación minera ilegal; extracción ilegal de oro; hurto de minerales; actividad minera ilegal; robo de mineral',
  '10049':
    'extracción de arena; incendio forestal; ~usurpación de aguas; extracción ilegal de agua; incendio de bosques; invasión de áreas protegidas; daño a bosque; destrucción de hábitat; quema forestal; quema de bosque; código de aguas; aguas; uso ilegal de fuego',
  '1009':
    'otros delitos ambientales; ~delitos ambientales; protección animal; delitos contra los animales; ley de protección de animales',
  '10091':
    'maltrato animal; crueldad con animales; maltrato o crueldad con animales; abandono de animales; animal cruelty; peleas de perros; peleas de gallos; maltrato de animales domésticos; crueldad animal; sufrimiento de animales; actos de crueldad contra animales; propagación de plaga; epizootia; propagar enfermedades de animales; ley de tenencia responsable de mascotas; pelea de animales',
  '10099':
    'propagación de plagas vegetales; ~otros delitos contra el medio ambiente; plagas; propagación indebida de organismos; sanidad vegetal; sanidad animal',
  '11': 'otros delitos; otros actos delictivos; otras infracciones',
  '1101':
    'jurisdicción universal; crímenes internacionales; lesa humanidad y genocidio; crímenes de lesa humanidad, genocidio y crímenes de guerra; ley 20357; delitos contra la humanidad; delitos contra derechos humanos; violaciones a los derechos humanos; delitos de trascendencia internacional; delitos contra el derecho internacional; violación a inmunidad diplomática',
  '11011':
    'tortura; apremios ilegítimos; tormentos; apremios ilegítimos cometidos por empleado público; torture; tratos crueles; tratos crueles, inhumanos o degradantes; vejaciones injustas; vejación; tortura cometida por funcionario; apremios; vejámenes; abusos contra detenidos; tormento a detenidos; severidades',
  '11012':
    'piratería !propiedad !intelectual !obras !discos !terrestre; piratería marítima; piratería aérea; piracy; acto de piratería',
  '11013': 'crímenes de guerra; war crimes; delitos de guerra; violación de leyes de guerra',
  '110135': 'reclutamiento de niños soldados; niños soldados',
  '11014': 'genocidio; genocide',
  '11015': 'crímenes de lesa humanidad; lesa humanidad; crimes against humanity',
  '11019':
    '~jurisdicción universal; delitos contra jefes de estado extranjeros; ~delitos contra el derecho internacional',
  '1102':
    'leyes de menores; ley de menores; disposiciones sobre menores; protección de menores; vulneración de derechos de menores; infracción a leyes de menores; protección de la niñez; contra menores',
  '11021':
    'fuga del hogar; fuga de menores; ausentismo escolar; abandono de hogar por menor; abandono de hogar; truancy; evasión de menor; menor en situación irregular',
  '11029':
    'protección de menores; menor en situación de riesgo; vulneración de derechos; venta de armas a menores; infracción a ley de menores; ~venta de alcohol a menores; admisión de menores en locales; vulneración de derechos de niños; menores en espectáculos',
  '1109':
    'otros hechos; otros delitos; otros; hecho no constitutivo de delito; hechos no constitutivos de delito; muerte y hallazgo de cadáver; hallazgo de cadáver; presunta desgracia; hechos de relevancia criminal; no especificado; otras faltas; faltas; otros delitos del código penal; ' +
    'otros delitos contra leyes especiales; unspecified offence; delito no clasificado; otras infracciones; otras faltas código penal; otros delitos leyes especiales; otras leyes; hechos sin tipificar; por determinar; sin delito; extradición; exhorto; dato no especificado; delitos de leyes especiales; otros delitos de código de justicia militar; delitos militares; faltas penales; otros códigos; otros procedimientos',
}
