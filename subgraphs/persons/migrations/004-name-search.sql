-- The search for names by sound, by short forms, by initials, and past married names (persons/search.ts says what is found). The database
-- derives the parts of each name and the keys under which a search finds it; what the search makes of them is decided in
-- persons/match-names.ts.

-- Which words are frequent given names (`g`), surnames (`s`) or both (`b`): a copy of persons/name-lexicon.ts, which a test compares.
create function persons.name_kinds() returns jsonb language sql immutable parallel safe as $$
  select '{
"aaron":"g","abadia":"s","abarca":"s","abel":"g","abelardo":"g","abigail":"g","abraham":"g","abrego":"s","abril":"g","acabal":"s",
"aceituno":"s","acevedo":"s","acosta":"s","acuna":"s","ada":"g","adalberto":"g","adan":"g","adela":"g","adelaida":"g","adelina":"g",
"adelmo":"g","adilia":"g","adilson":"g","adolfo":"g","adrian":"g","adriana":"g","agueda":"g","aguero":"s","aguilar":"s","aguilera":"s",
"aguiluz":"s","aguinada":"s","aguirre":"s","agustin":"g","agustina":"g","ahmed":"g","aida":"g","aidee":"g","aileen":"g","ajanel":"s",
"ajcu":"s","aju":"s","alaina":"g","alan":"g","alarcon":"s","alas":"s","alba":"g","alberta":"g","alberto":"g","albizures":"s",
"alcantara":"s","aldair":"g","aldana":"s","aldo":"g","alegria":"s","alejandra":"g","alejandrina":"g","alejandro":"g","aleman":"s",
"alessandra":"g","alex":"g","alexa":"g","alexander":"g","alexandra":"g","alexis":"g","alfaro":"s","alfonso":"b","alfredo":"g","alicia":"g",
"alina":"g","alisson":"g","alma":"g","almeida":"s","almendares":"s","almendarez":"s","almengor":"s","alondra":"g","alonso":"g","alonzo":"b",
"alvarado":"s","alvarenga":"s","alvarez":"s","alvaro":"g","amado":"g","amador":"s","amalia":"g","amanda":"g","amaro":"s","amaury":"g",
"amaya":"s","ambar":"g","ambrosio":"g","amelia":"g","america":"g","amezquita":"s","amilcar":"g","amparo":"g","amy":"g","ana":"g",
"anabel":"g","anabella":"g","anahi":"g","analia":"g","analy":"g","anastasia":"g","anastasio":"g","anaya":"s","ancheta":"s","anderson":"g",
"andino":"s","andrade":"s","andrea":"g","andres":"b","andrino":"s","andy":"g","anely":"g","angel":"b","angela":"g","angeles":"g",
"angelica":"g","angelina":"g","angelita":"g","angelito":"g","angulo":"s","anibal":"g","anleu":"s","anselmo":"g","anthony":"g",
"antillon":"s","antonia":"g","antonio":"g","antony":"g","antunez":"s","aparicio":"s","apolinar":"g","apolonio":"g","april":"g","aquino":"s",
"araceli":"g","aragon":"s","arana":"s","arandia":"s","araujo":"s","araya":"s","arbizu":"s","arcadio":"g","arce":"s","archila":"s",
"ardon":"s","areli":"g","arenas":"s","arenivar":"s","arevalo":"s","arguello":"s","argueta":"s","argumedo":"s","ariadna":"g","ariana":"g",
"arias":"s","ariel":"g","arita":"s","ariza":"s","arlen":"g","arleth":"g","armando":"g","armas":"s","armendariz":"s","armijo":"s",
"arnoldo":"g","arnulfo":"g","aroldo":"g","arriaga":"s","arriola":"s","arroyo":"s","arteaga":"s","artiga":"s","artola":"s","arturo":"g",
"arzu":"s","asencio":"s","ashley":"g","astorga":"s","astrid":"g","asturias":"s","asuncion":"g","augusto":"g","aura":"g","aurelia":"g",
"aurelio":"g","aurora":"g","avalos":"s","avelar":"s","avelares":"s","avendano":"s","avila":"s","aviles":"s","axel":"g","axell":"g",
"ayala":"s","aylin":"g","azucena":"g","azurdia":"s","bac":"s","badillo":"s","baeza":"s","baide":"s","baires":"s","balbina":"g",
"balcarcel":"s","ballesteros":"s","baltazar":"g","bamaca":"s","banderas":"s","banegas":"s","barahona":"s","baran":"s","baraona":"s",
"barbara":"g","bardales":"s","barillas":"s","barrera":"s","barrientos":"s","barrios":"s","bartolome":"g","bartolon":"s","basilio":"g",
"batista":"s","batres":"s","batz":"s","baudilio":"g","bautista":"s","bayron":"g","beatriz":"g","bejarano":"s","belen":"g","belinda":"g",
"belkis":"g","beltran":"s","benavides":"s","bendeck":"s","benedicta":"g","benedicto":"g","benita":"g","benitez":"s","benito":"g",
"benjamin":"g","berenice":"g","berenise":"g","berganza":"s","bermudez":"s","bernal":"s","bernarda":"g","bernardino":"g","bernardo":"g",
"berrios":"s","berta":"g","bertilio":"g","bertrand":"s","bessy":"g","betty":"g","bianca":"g","bladimir":"g","blanca":"g","blanco":"s",
"blandon":"s","bobadilla":"s","bocanegra":"s","bol":"s","bolainez":"s","bolanos":"s","bolivar":"s","bonifacio":"g","bonilla":"s",
"boris":"g","borja":"s","borjas":"s","borrayo":"s","bran":"s","brandon":"g","bravo":"s","brayan":"g","brenda":"g","brenes":"s","brian":"g",
"briceno":"s","brigida":"g","britany":"g","brito":"s","brizuela":"s","bruno":"g","bryan":"g","bueso":"s","buezo":"s","bulnes":"s",
"burgos":"s","bustamante":"s","bustillo":"s","byron":"g","caal":"s","caballero":"s","caballeros":"s","cabezas":"s","cabrera":"s","cac":"s",
"caceres":"s","cajas":"s","cal":"s","calderon":"s","calito":"s","calix":"s","calixto":"g","calles":"s","camacho":"s","camargo":"s",
"cambronero":"s","camila":"g","camilo":"g","campos":"s","canales":"s","canas":"s","candelaria":"b","candi":"g","candida":"g","candido":"g",
"canela":"s","canizales":"s","canizalez":"s","cano":"s","cantarero":"s","cantillo":"s","cantoral":"s","caraballo":"s","carbajal":"s",
"carballo":"s","carbonell":"s","carcamo":"s","cardenas":"s","cardona":"s","cardoza":"s","carias":"s","caridad":"g","carina":"g","carla":"g",
"carlos":"g","carlota":"g","carmela":"g","carmelina":"g","carmelo":"g","carmen":"g","carmina":"g","carol":"g","carolina":"g","carpio":"s",
"carranza":"s","carrasco":"s","carrera":"s","carrillo":"s","carrion":"s","cartagena":"s","carvajal":"s","casandra":"g","casasola":"s",
"casco":"s","casia":"s","casimiro":"g","castaneda":"s","castejon":"s","castellanos":"s","castellon":"s","castillo":"s","castro":"s",
"catalan":"s","catalina":"g","catarina":"g","catherine":"g","catu":"s","cayetano":"g","cazun":"s","ceballos":"s","cecilia":"g",
"cecilio":"g","cedillo":"s","celeste":"g","celestina":"g","celestino":"g","celia":"g","celina":"g","celmira":"g","celso":"g","centeno":"s",
"cerna":"s","ceron":"s","cerrato":"s","cerritos":"s","cervantes":"s","cesar":"g","cesia":"g","chacon":"s","chajon":"s","chan":"s",
"chancay":"s","chantal":"g","chapas":"s","chavajay":"s","chavarria":"s","chaves":"s","chavez":"s","chay":"s","chen":"s","chevez":"s",
"chicas":"s","chilel":"s","chinchilla":"s","choc":"s","chocooj":"s","choto":"s","chox":"s","christian":"g","christopher":"g","chub":"s",
"cifuentes":"s","cindy":"g","cipriano":"g","cisneros":"s","clara":"g","claribel":"g","clarisa":"g","clarissa":"g","claros":"s",
"claudia":"g","claudio":"g","clavel":"s","clelia":"g","clemente":"g","clementina":"g","cleofas":"g","cleofe":"g","cleotilde":"g","coc":"s",
"coello":"s","cojti":"s","colindres":"s","coloma":"s","colop":"s","concepcion":"g","concha":"g","constanza":"s","consuelo":"g",
"contreras":"s","cordero":"s","cordoba":"s","cordon":"s","cordova":"s","corea":"s","coreas":"s","corina":"g","cornejo":"s","cornelio":"g",
"corona":"s","coronado":"s","coroy":"s","corrales":"s","correa":"s","cortave":"s","cortes":"s","cortez":"s","coto":"s","cotto":"s",
"coy":"s","crescencio":"g","crespin":"s","cristian":"g","cristina":"g","cristobal":"g","cruz":"b","cruzita":"g","cruzito":"g","cuadra":"s",
"cubas":"s","cuc":"s","cucul":"s","cuellar":"s","cuevas":"s","cun":"s","cux":"s","cuyan":"s","cuyuch":"s","dagoberto":"g","daisi":"g",
"daisy":"g","dalia":"g","damaris":"g","damian":"g","danelia":"g","dania":"g","daniel":"g","daniela":"g","danilo":"g","dardon":"s",
"dario":"g","darwin":"g","david":"g","davila":"s","dayan":"g","dayana":"g","dayanara":"g","debora":"g","deisy":"g","delcid":"s",
"delfina":"g","delfino":"g","delgado":"s","delia":"g","delmi":"g","delmy":"g","demetrio":"g","denia":"g","denis":"g","denise":"g",
"derik":"g","deysi":"g","diana":"g","diaz":"s","diego":"g","dieguez":"s","dighero":"s","dilan":"g","dilcia":"g","dilma":"g","dimas":"g",
"dina":"g","dinora":"g","dinorah":"g","dionisio":"g","dolores":"g","domenica":"g","domingo":"b","dominguez":"s","domitila":"g",
"donaldo":"g","donis":"s","dora":"g","doris":"g","doroteo":"g","douglas":"g","duarte":"s","dubon":"s","duenas":"s","dulce":"g","dunia":"g",
"duron":"s","dylan":"g","echegoyen":"s","echeverria":"s","eda":"g","eddy":"g","edelmira":"g","edelmiro":"g","eder":"g","edgar":"g",
"edgardo":"g","edilberto":"g","edison":"g","edith":"g","edmundo":"g","edna":"g","eduarda":"g","eduardo":"g","eduviges":"g","edvin":"g",
"edwin":"g","efigenia":"g","efrain":"g","egberto":"g","elba":"g","elda":"g","elder":"g","eleazar":"g","elena":"g","eleuterio":"g","eli":"g",
"elia":"g","elian":"g","eliana":"g","elias":"b","eliel":"g","elio":"g","elisa":"g","elisabet":"g","elisabeth":"g","elisenda":"g",
"eliseo":"g","elizabeth":"g","elman":"g","elmer":"g","elmo":"g","eloisa":"g","eloy":"g","elsa":"g","elsy":"g","elvia":"g","elvidio":"g",
"elvin":"g","elvir":"s","elvira":"g","elvis":"g","ema":"g","emanuel":"g","emely":"g","emerio":"g","emerita":"g","emerson":"g","emery":"g",
"emestica":"s","emilia":"g","emiliana":"g","emiliano":"g","emilio":"g","emma":"g","emmanuel":"g","enamorado":"s","encarnacion":"g",
"eneida":"g","enio":"g","enma":"g","enoc":"g","enrique":"g","enriqueta":"g","erazo":"s","eric":"g","erica":"g","erick":"g","ericka":"g",
"eris":"g","erlin":"g","erlinda":"g","ernestina":"g","ernesto":"g","ervin":"g","erwin":"g","esaias":"g","escalante":"s","escalon":"s",
"escamilla":"s","escobar":"s","escobedo":"s","escoto":"s","esdras":"g","esmeralda":"g","espana":"s","esperanza":"g","espinal":"s",
"espino":"s","espinosa":"s","espinoza":"s","esquivel":"s","esteban":"b","estefania":"g","estefany":"g","estela":"g","ester":"g",
"estevez":"s","esther":"g","estrada":"s","estupinian":"s","etelvina":"g","ethel":"g","euceda":"s","eufemia":"g","eufemio":"g","eugenia":"g",
"eugenio":"g","eulalia":"g","eulalio":"g","eulogia":"g","eulogio":"g","eusebia":"g","eusebio":"g","eva":"g","evangelina":"g","evaristo":"g",
"evelia":"g","evelin":"g","evelina":"g","evelyn":"g","evert":"g","exequiel":"g","ezequiel":"g","fabian":"g","fabiana":"g","fabio":"g",
"fabiola":"g","fabricio":"g","facundo":"g","fajardo":"s","falla":"s","farfan":"s","farias":"s","fatima":"g","faustina":"g","faustino":"g",
"fausto":"g","federico":"g","felicia":"g","feliciano":"g","felicidad":"g","felicita":"g","felicitas":"g","felicito":"g","felipa":"g",
"felipe":"g","felix":"g","fermin":"g","fermina":"g","fernanda":"g","fernandez":"s","fernando":"g","ferrera":"s","ferrufino":"s","fidel":"g",
"fidelia":"g","figueroa":"s","filadelfo":"g","filiberto":"g","filomena":"g","filomeno":"g","fiorella":"g","flamenco":"s","flavia":"g",
"flavio":"g","flor":"g","flora":"g","florencia":"g","florencio":"g","florentina":"g","florentino":"g","flores":"s","florian":"g",
"floridalma":"g","florinda":"g","florindo":"g","fonseca":"s","fortin":"s","francisca":"g","francisco":"g","franco":"s","franklin":"g",
"freddy":"g","fredy":"g","froilan":"g","fuentes":"s","fugon":"s","fulgencio":"g","funes":"s","gabarrete":"s","gabino":"g","gabriel":"g",
"gabriela":"g","gael":"g","galan":"s","galdamez":"s","galeano":"s","galeas":"s","galicia":"s","galindo":"s","gallardo":"s","gallegos":"s",
"gallo":"s","galo":"g","galvez":"s","gamarro":"s","gamboa":"s","gamero":"s","gamez":"s","garay":"s","garcia":"s","garnica":"s",
"garrido":"s","garzon":"s","gatica":"s","gavarrete":"s","gavidia":"s","gaytan":"s","genaro":"g","genesis":"g","genoveva":"g","geovanny":"g",
"geovany":"g","geraldina":"g","gerardo":"g","gerber":"g","german":"g","germania":"g","gerson":"g","gertrudis":"g","gessica":"g",
"gicela":"g","gil":"s","gilberto":"g","gilda":"g","giovanni":"g","giron":"s","gisela":"g","giselle":"g","gissela":"g","gladis":"g",
"gladys":"g","glenda":"g","gloria":"g","godinez":"s","godoy":"s","gomez":"s","gonzales":"s","gonzalez":"s","gonzalo":"g","graciela":"g",
"gradiz":"s","grajeda":"s","gramajo":"s","granados":"s","granillo":"s","gregoria":"g","gregorio":"g","greta":"g","gretel":"g","greysi":"g",
"gricelda":"g","grijalva":"s","griselda":"g","guadalupe":"g","guadron":"s","guandique":"s","guardado":"s","guch":"s","guerra":"s",
"guerrero":"s","guevara":"s","guido":"s","guillen":"s","guillermina":"g","guillermo":"g","guinea":"s","guisela":"g","guity":"s",
"gumercinda":"g","gumercindo":"g","guox":"s","gusman":"s","gustavo":"g","gutierrez":"s","guzman":"s","hamilton":"g","harold":"g",
"haroldo":"g","haydee":"g","hector":"g","heidi":"g","heidy":"g","helen":"g","helena":"g","henao":"s","henriquez":"s","henry":"g",
"herbert":"g","heredia":"s","heriberta":"g","heriberto":"g","hermelinda":"g","hermes":"g","herminia":"g","herminio":"g","hernan":"g",
"hernandes":"s","hernandez":"s","herrador":"s","herrarte":"s","herrera":"s","herson":"g","hidalgo":"s","hilaria":"g","hilario":"g",
"hilda":"g","hilma":"g","hinestroza":"s","hipolito":"g","honduras":"s","hortensia":"g","hugo":"g","humbertina":"g","humberto":"g",
"hurtado":"s","ibanez":"s","ibarra":"s","ical":"s","icute":"s","idiaquez":"s","iglesias":"s","ignacia":"g","ignacio":"g","ileana":"g",
"iliana":"g","illiana":"g","ilma":"g","ilse":"g","imelda":"g","indira":"g","ines":"g","inestroza":"s","ingrid":"g","ingris":"g",
"inmaculada":"g","inocencio":"g","inocente":"s","interiano":"s","iraheta":"s","irene":"g","irias":"s","irigoyen":"s","iris":"g","irma":"g",
"irving":"g","isaac":"g","isabel":"g","isabela":"g","isabella":"g","isai":"g","isaias":"g","isamar":"g","isauro":"g","isela":"g","isem":"s",
"isidra":"g","isidro":"g","ismael":"g","israel":"g","itzel":"g","iva":"g","ivan":"g","ivania":"g","ivanna":"g","ivette":"g","ivonne":"g",
"ixchop":"s","ixcot":"s","ixcoy":"s","izabel":"g","izaguirre":"s","jacinta":"g","jacinto":"g","jaco":"s","jacob":"g","jacobo":"g",
"jacome":"s","jacqueline":"g","jaime":"g","jairo":"g","jalal":"s","james":"s","jamileth":"g","janet":"g","janeth":"g","jaqueline":"g",
"jarol":"g","jason":"g","javier":"g","jayro":"g","jazmin":"g","jeferson":"g","jefferson":"g","jefry":"g","jeison":"g","jennifer":"g",
"jenny":"g","jennyfer":"g","jeremias":"g","jeremy":"g","jerez":"s","jeronimo":"b","jerson":"g","jesenia":"g","jesica":"g","jessenia":"g",
"jessica":"g","jesus":"g","jesusa":"g","jeyson":"g","jhon":"g","jhonny":"g","jimena":"g","jimenez":"s","jimmy":"g","joan":"g","joana":"g",
"joaquin":"g","joaquina":"g","joceline":"g","jocelyn":"g","joel":"g","joely":"g","johan":"g","johana":"g","johanna":"g","john":"g",
"johnny":"g","joj":"s","jolon":"s","jom":"s","jonatan":"g","jonathan":"g","jordan":"g","jordy":"g","jorge":"g","jose":"g","josefa":"g",
"josefina":"g","josefino":"g","josias":"g","josselin":"g","josselyn":"g","josue":"g","jovel":"s","jovita":"g","jovito":"g","juan":"g",
"juana":"g","juanita":"g","juarez":"s","juc":"s","judith":"g","julia":"g","julian":"g","juliana":"g","juliet":"g","julieta":"g",
"julieth":"g","julio":"g","julissa":"g","juracan":"s","justa":"g","justina":"g","justino":"g","justo":"g","juventino":"g","karen":"g",
"karina":"g","karla":"g","katherine":"g","kathia":"g","kathy":"g","katia":"g","keila":"g","kelly":"g","kelvin":"g","kendra":"g","kenia":"g",
"kenneth":"g","keren":"g","kervin":"g","kevin":"g","keyla":"g","keysi":"g","kristel":"g","lady":"g","lagos":"s","laguna":"s","laines":"s",
"lainez":"s","landa":"s","landaverde":"s","lanza":"s","lara":"s","larios":"s","larissa":"g","lariza":"g","laura":"g","laureano":"s",
"lauro":"g","lazaro":"g","lazo":"s","leal":"s","leandra":"g","leandro":"g","lec":"s","leda":"g","ledezma":"s","leidi":"g","leidy":"g",
"leila":"g","leiva":"s","lemus":"s","lenin":"g","leocadia":"g","leon":"b","leonardo":"g","leonel":"g","leonidas":"g","leonor":"g",
"leonora":"g","leopoldo":"g","lesbia":"g","leslie":"g","lesly":"g","leslye":"g","leticia":"g","lety":"g","levi":"g","leyva":"s",
"lezama":"s","liam":"g","lianna":"g","libia":"g","licerio":"g","licona":"s","lidia":"g","ligia":"g","lilia":"g","lilian":"g","liliana":"g",
"lima":"s","limatuj":"s","lina":"g","linares":"s","linarez":"s","linda":"g","lindsay":"g","lino":"g","lisandro":"g","lisbeth":"g",
"lisseth":"g","lissette":"g","lizbeth":"g","lizeth":"g","lobato":"s","lobo":"s","lobos":"s","loida":"g","longo":"s","lopez":"s","lorca":"s",
"lorena":"g","lorenza":"g","lorenzana":"s","lorenzo":"b","lourdes":"g","lovo":"s","lovos":"s","loyda":"g","lozano":"s","lubia":"g",
"lucas":"g","lucero":"b","lucia":"g","luciana":"g","luciano":"g","lucila":"g","lucina":"g","lucinda":"g","lucio":"g","lucrecia":"g",
"ludin":"g","luis":"g","luisa":"g","luna":"s","lupita":"g","luque":"s","lusvin":"g","luz":"g","luzmila":"g","lyla":"g","maas":"s",
"mabel":"g","mabelin":"g","macario":"b","machado":"s","machuca":"s","madelin":"g","madrid":"s","madriz":"s","magali":"g","magana":"s",
"magda":"g","magdalena":"g","magdaleno":"g","maicol":"g","maidelin":"g","maira":"g","maite":"g","majano":"s","maldonado":"s","maltez":"s",
"malvin":"g","mancia":"s","mancilla":"s","manfredo":"g","manlio":"g","mansilla":"s","manuel":"g","manuela":"g","manzano":"s","mara":"g",
"maradiaga":"s","maravilla":"s","marcel":"g","marcela":"g","marcelina":"g","marcelino":"g","marcelo":"g","marcia":"b","marcial":"g",
"marciano":"g","marco":"g","marcos":"b","marelyn":"g","marenco":"s","margarita":"g","margarito":"g","margot":"g","margoth":"g","maria":"g",
"mariam":"g","marian":"g","mariana":"g","mariano":"g","maribel":"g","maricarmen":"g","maricela":"g","maricruz":"g","mariela":"g",
"marielos":"g","marilin":"g","marilu":"g","marilyn":"g","marin":"s","marina":"b","marino":"g","mario":"g","mariona":"s","marisa":"g",
"marisabel":"g","marisela":"g","marisol":"g","maritza":"g","marjorie":"g","marlen":"g","marlene":"g","marleni":"g","marlenis":"g",
"marleny":"g","marlin":"g","marlon":"g","marmol":"s","marquez":"s","marroquin":"s","marta":"g","martell":"s","martha":"g","martin":"b",
"martina":"g","martinez":"s","martir":"g","marvin":"g","mata":"s","mateo":"b","matias":"g","matilde":"g","matute":"s","maura":"g",
"mauricio":"g","mauro":"g","max":"s","maxima":"g","maximiliano":"g","maximina":"g","maximino":"g","maximo":"g","maya":"g","mayda":"g",
"mayela":"g","mayen":"s","mayorga":"s","mayra":"g","mayte":"g","mazariegos":"s","mazate":"s","medal":"s","medardo":"g","medina":"s",
"medrano":"s","mejia":"s","mejicanos":"s","melania":"g","melara":"s","melba":"g","melendez":"s","melgar":"s","melghem":"s","melida":"g",
"melina":"g","melissa":"g","melvin":"g","membreno":"s","mena":"s","menchu":"s","mencos":"s","mendez":"s","mendizabal":"s","mendoza":"s",
"menendez":"s","menjivar":"s","merari":"g","meraz":"s","mercado":"s","mercedes":"g","mercy":"g","meredith":"g","merino":"s","merlin":"g",
"merlos":"s","mesa":"s","mesias":"s","mexia":"s","meza":"s","micaela":"g","michael":"g","michelle":"g","miguel":"g","miguelina":"g",
"mijango":"s","mijangos":"s","milagrito":"g","milagro":"g","milagros":"g","mildred":"g","mileidy":"g","milla":"s","milton":"g","minero":"s",
"minerva":"g","mira":"s","miranda":"s","miriam":"g","mirian":"g","mirna":"g","mirtala":"g","misael":"g","mitzi":"g","moino":"s",
"moises":"g","molina":"s","moncada":"s","monge":"s","monica":"g","monroy":"s","montalvan":"s","montano":"s","monteagudo":"s",
"montealegre":"s","montejo":"s","montenegro":"s","montepeque":"s","montero":"s","monterrosa":"s","monterroso":"s","montes":"s",
"montesinos":"s","montiel":"s","montoya":"s","monzon":"s","mora":"s","moraga":"s","morales":"s","moran":"s","morataya":"s","morazan":"s",
"moreira":"s","morelia":"g","morena":"g","moreno":"s","morera":"s","moscoso":"s","mota":"s","motino":"s","moya":"s","mulul":"s",
"munguia":"s","munoz":"s","murga":"s","murillo":"s","mynor":"g","nadia":"g","nahuat":"s","nahum":"g","nahun":"g","najarro":"s","najera":"s",
"nancy":"g","napoleon":"g","narcisa":"g","narciso":"g","natalia":"g","natalie":"g","nathaly":"g","natividad":"g","navarrete":"s",
"navarro":"s","navas":"s","navidad":"s","nayeli":"g","nectali":"g","neftali":"g","neira":"s","nelly":"g","nelson":"g","nely":"g",
"nemesio":"g","neptali":"g","neri":"g","nery":"g","nestor":"g","neyda":"g","nicanor":"g","nicolas":"g","nicolasa":"g","nicole":"g",
"nidia":"g","nidian":"g","nieto":"s","nieves":"g","nij":"s","nilda":"g","nilson":"g","nineth":"g","nixon":"g","noe":"g","noel":"g",
"noelia":"g","noelio":"g","noemi":"g","nohelia":"g","nohemi":"g","nolasco":"s","nora":"g","norberto":"g","noriega":"s","norlan":"g",
"norma":"g","normandina":"g","novoa":"s","nubia":"g","nunez":"s","obando":"s","obdulio":"g","obed":"g","oca":"s","ocampo":"s","ocana":"s",
"ochoa":"s","octavio":"g","odalis":"g","odilia":"g","odir":"g","ofelia":"g","olegario":"g","olga":"g","olimpia":"g","olinda":"g",
"oliva":"s","olivares":"s","oliver":"g","olivera":"s","oliveros":"s","olivia":"g","olman":"g","olmedo":"s","olmos":"s","omar":"g",
"oneida":"g","onelia":"g","onofre":"g","oralia":"g","orantes":"s","ordenana":"s","ordon":"s","ordonez":"s","orellana":"s","orestes":"g",
"orfilia":"g","orlando":"g","oropeza":"s","ortega":"s","ortez":"s","ortiz":"s","oscar":"g","osiris":"g","osman":"g","osmin":"g",
"osorio":"s","osorto":"s","osoy":"s","ostorga":"s","osvaldo":"g","oswaldo":"g","otero":"s","otilia":"g","otilio":"g","otoniel":"g",
"otto":"g","ovalle":"s","ovidio":"g","oviedo":"s","oxlaj":"s","pablo":"g","pacay":"s","pacheco":"s","padilla":"s","paiz":"s","palacios":"s",
"palencia":"s","palma":"s","palomo":"s","pamela":"g","panameno":"s","pancracio":"g","paniagua":"s","paola":"g","par":"s","parada":"s",
"pardo":"s","paredes":"s","paredez":"s","parraguez":"s","parrales":"s","pascual":"b","pastor":"b","pastora":"g","patino":"s","patricia":"g",
"patricio":"g","patrocinia":"g","patrocinio":"g","patzan":"s","paula":"g","paulina":"g","paulino":"g","paz":"s","pec":"s","pedro":"g",
"peinado":"s","pena":"s","penado":"s","penalba":"s","peralta":"s","peraza":"s","perdomo":"s","perea":"s","perez":"s","perfecta":"g",
"perfecto":"g","perla":"b","petrona":"g","petronila":"g","pichardo":"s","pierre":"s","pilar":"g","pineda":"s","pinto":"s","pinzon":"s",
"pirir":"s","placido":"g","platero":"s","pleitez":"s","polanco":"s","polio":"s","ponce":"s","poncio":"s","pop":"s","porfiria":"g",
"porfirio":"g","poroj":"s","portillo":"s","posadas":"s","posas":"s","pozuelos":"s","prado":"s","pretzantzin":"s","primitivo":"g",
"priscila":"g","prisila":"g","prudencia":"g","prudencio":"g","pu":"s","puac":"s","puga":"s","puluc":"s","quan":"s","quej":"s","quel":"s",
"querubin":"g","quesada":"s","quezada":"s","quiej":"s","quijada":"s","quinones":"s","quinonez":"s","quintana":"s","quintanilla":"s",
"quintero":"s","quinteros":"s","quiroa":"s","quiroz":"s","rafael":"g","rafaela":"g","rafaelina":"g","ramirez":"s","ramiro":"g","ramon":"b",
"ramona":"g","ramos":"s","ramses":"g","randall":"g","randy":"g","rangel":"s","raquel":"g","raudales":"s","raul":"g","rax":"s","raxcaco":"s",
"raxon":"s","raymundo":"g","rebeca":"g","recinos":"s","recio":"s","refugio":"g","regalado":"s","regina":"g","reimundo":"g","reina":"b",
"reinaldo":"g","reinerio":"g","remberto":"g","remedios":"g","remigio":"g","renato":"g","renderos":"s","rene":"g","requena":"s","retana":"s",
"revolorio":"s","reyes":"b","reyna":"b","reynaldo":"g","reynerio":"g","reynosa":"s","ricarda":"g","ricardo":"g","ricci":"s","rico":"s",
"rigoberta":"g","rigoberto":"g","rios":"s","rita":"g","rivas":"s","rivera":"s","riveros":"s","rizo":"s","roberta":"g","roberto":"g",
"robin":"g","robledo":"s","robles":"s","roca":"s","rocael":"g","rocha":"s","rocio":"g","rodarte":"s","rodas":"s","rodezno":"s",
"rodolfo":"g","rodrigo":"g","rodriguez":"s","rogelia":"g","rogelio":"g","rojas":"s","rolandina":"g","rolando":"g","roldan":"s","roman":"g",
"romana":"g","romano":"s","romelia":"g","romeo":"g","romero":"s","romulo":"g","ronal":"g","ronald":"g","roney":"g","roque":"g","rosa":"b",
"rosado":"s","rosalba":"g","rosales":"s","rosalia":"g","rosalina":"g","rosalinda":"g","rosalio":"g","rosalva":"g","rosana":"g",
"rosario":"g","rosas":"s","rosaura":"g","roselia":"g","rosell":"s","rosemary":"g","rosendo":"g","rosibel":"g","rosita":"g","rosmeri":"g",
"rosmery":"g","rossana":"g","roxana":"g","roxanna":"g","roxy":"g","ruano":"s","ruballos":"s","ruben":"g","rubenia":"g","rubi":"s",
"rubidia":"g","rubio":"s","rudy":"g","rueda":"s","rufina":"g","rufino":"g","ruiz":"s","rumaldo":"g","ruperto":"g","ruth":"g","saavedra":"s",
"sabillon":"s","sabina":"g","sabino":"g","sac":"s","sadia":"g","saenz":"s","sagastume":"s","saida":"g","saira":"g","sajche":"s",
"salamanca":"s","salas":"s","salazar":"s","salcedo":"s","saldana":"s","sales":"s","salguero":"s","salinas":"s","salma":"g","salmeron":"s",
"salome":"g","salomon":"g","salvador":"g","salvadora":"g","salvatierra":"s","samantha":"g","samayoa":"s","samol":"s","samuel":"g",
"sanabria":"s","sanchez":"s","sandoval":"s","sandra":"g","sanjuan":"s","santa":"g","santamaria":"s","santana":"b","santay":"s",
"santiago":"b","santizo":"s","santos":"b","saquic":"s","sara":"g","sarai":"g","sarat":"s","saravia":"s","sarceno":"s","sarmiento":"s",
"saturnino":"g","saucedo":"s","saul":"g","sazo":"s","sebastian":"g","sebastiana":"g","segura":"s","sejas":"s","selena":"g","selma":"g",
"selvia":"g","selvin":"g","sequeira":"s","serafin":"g","serapio":"g","sergio":"g","sermeno":"s","serpas":"s","serrano":"s","servando":"g",
"servellon":"s","sevilla":"s","sheyla":"g","shirley":"g","sic":"s","sical":"s","sierra":"s","siliezar":"s","silva":"s","silvano":"g",
"silveria":"g","silverio":"g","silvestre":"g","silvia":"g","simeon":"g","simon":"g","sindy":"g","siquina":"s","sis":"s","sixto":"g",
"soberanis":"s","sofia":"g","soila":"g","sol":"g","solano":"s","solares":"s","soledad":"g","solis":"s","sologaistoa":"s","solorzano":"s",
"sonia":"g","soraya":"g","soriano":"s","sorto":"s","sosa":"s","soto":"s","sotomayor":"s","stanley":"g","stefani":"g","stefany":"g",
"stephanie":"g","steven":"g","suarez":"s","suazo":"s","suchite":"s","suruy":"s","susan":"g","susana":"g","suyapa":"g","suzana":"g",
"tablada":"s","tacam":"s","tadeo":"g","tahay":"s","talavera":"s","tamara":"g","tambriz":"s","tania":"g","taracena":"s","tatiana":"g",
"tatyana":"g","tax":"s","tay":"s","tecu":"s","tejada":"s","tejeda":"s","tello":"s","telma":"g","telmo":"g","teodora":"g","teodoro":"g",
"teofila":"g","teofilo":"g","teos":"s","tepeu":"s","tercero":"s","teresa":"g","teresita":"g","tezen":"s","thelma":"g","ticas":"s",
"timoteo":"g","tinoco":"s","tirsa":"g","tista":"s","tito":"g","tiu":"s","tiul":"s","tobar":"s","tobias":"g","toc":"s","tochez":"s",
"toj":"s","toledo":"s","tomas":"g","tomasa":"g","tomasina":"g","toribio":"b","torres":"s","torrez":"s","tot":"s","tovar":"s",
"trabanino":"s","transito":"g","trejo":"s","trigueros":"s","tril":"s","trinidad":"g","tum":"s","tumax":"s","tura":"s","turcio":"s",
"turcios":"s","tuy":"s","tzi":"s","tzoc":"s","tzoy":"s","tzul":"s","tzunun":"s","ubaldo":"g","ucelo":"s","ucles":"s","ujpan":"s",
"ulises":"g","ulloa":"s","umana":"s","umanzor":"s","urbano":"g","urbina":"s","urias":"s","uriel":"g","urizar":"s","urquilla":"s",
"urrutia":"s","ursula":"g","us":"s","uz":"s","valderrama":"s","valderramos":"s","valdes":"s","valdez":"s","valdivia":"s","valencia":"s",
"valentin":"g","valentina":"g","valenzuela":"s","valeria":"g","valerio":"g","valery":"g","valiente":"s","valladares":"s","valle":"s",
"vallecillo":"s","vallejo":"s","valles":"s","vanegas":"s","vanesa":"g","vanessa":"g","vania":"g","varela":"s","vargas":"s","vargaz":"s",
"vasquez":"s","vazquez":"s","vega":"s","velasco":"s","velasquez":"s","velazquez":"s","velez":"s","velia":"g","veliz":"s","venancio":"g",
"ventura":"b","vera":"s","verenice":"g","veronica":"g","vicenta":"g","vicente":"b","victor":"g","victoria":"g","victoriano":"g",
"victorina":"g","victorino":"g","vidal":"b","vides":"s","vielman":"s","viera":"s","viky":"g","villacorta":"s","villafranca":"s",
"villafuerte":"s","villalobos":"s","villalta":"s","villanueva":"s","villatoro":"s","villeda":"s","villegas":"s","villela":"s","vilma":"g",
"vilmer":"g","vinicio":"g","violeta":"g","virgilia":"g","virgilio":"g","virginia":"g","viscarra":"s","vitalina":"g","vivian":"g",
"viviana":"g","vladimir":"g","walda":"g","waldemar":"g","waleska":"g","walter":"g","wanda":"g","wendy":"g","wilber":"g","wilda":"g",
"wilfredo":"g","wiliam":"g","wilian":"g","william":"g","willian":"g","wilma":"g","wilmar":"g","wilmer":"g","wilson":"g","wug":"s",
"xavier":"g","ximena":"g","xiomara":"g","xitumul":"s","xoc":"s","xol":"s","xuya":"s","yac":"s","yadira":"g","yahaira":"g","yair":"g",
"yamil":"g","yamilet":"g","yamileth":"g","yanci":"g","yanely":"g","yanes":"s","yanet":"g","yaneth":"g","yanez":"s","yanira":"g","yansi":"g",
"yaquelin":"g","yasmin":"g","yat":"s","yaxcal":"s","yazmin":"g","yazmina":"g","ybarra":"s","yeimi":"g","yelitza":"g","yeni":"g","yenny":"g",
"yeny":"g","yesenia":"g","yesi":"g","yesica":"g","yessenia":"g","yessica":"g","yeymi":"g","yoana":"g","yoc":"s","yolanda":"g","yolany":"g",
"yony":"g","yool":"s","yos":"s","yoselin":"g","yoselyn":"g","yosselin":"g","yudith":"g","yujan":"s","yuliana":"g","yuliza":"g","yuman":"s",
"yuri":"g","yuridia":"g","zacarias":"b","zaida":"g","zaldana":"s","zaldivar":"s","zamora":"s","zapata":"s","zara":"g","zarate":"s",
"zavala":"s","zayda":"g","zelada":"s","zelaya":"s","zelee":"s","zenaida":"g","zenon":"g","zepeda":"s","zet":"s","zetino":"s","zoe":"g",
"zoila":"g","zonia":"g","zuleima":"g","zulema":"g","zuleta":"s","zuleyma":"g","zulma":"g","zuncar":"s","zuniga":"s"}'::jsonb
$$;

-- How a folded word sounds in the Spanish of the region: B as V and W; S as Z and soft C; K as QU, Q and hard C; G before E and I as J, and
-- so X; LL as Y, and Y that is a vowel as I; H silent; PH as F; doubled letters as one. CH is `0`.
create function persons.name_sound(word text) returns text language plpgsql immutable strict parallel safe as $$
declare
  w text := replace(word, 'ph', 'f');
begin
  if strpos(w, 'h') > 0 then
    w := replace(replace(regexp_replace(w, 'ch(?=[rl])', 'k', 'g'), 'ch', '0'), 'h', '');
  end if;
  w := replace(w, 'll', 'y');
  if left(w, 1) = 's' then w := regexp_replace(w, '^s(?=[bcdfgkmnpqtv])', 'es'); end if;
  if strpos(w, 'y') > 0 then w := regexp_replace(w, 'y(?![aeiou])', 'i', 'g'); end if;
  if strpos(w, 'c') > 0 then w := regexp_replace(w, 'c(?=[eiy])', 's', 'g'); end if;
  if strpos(w, 'g') > 0 then w := regexp_replace(regexp_replace(w, 'g(?=[ei])', 'j', 'g'), 'gu(?=[ei])', 'g', 'g'); end if;
  if strpos(w, 'q') > 0 then w := regexp_replace(w, 'qu(?=[ei])', 'k', 'g'); end if;
  w := translate(w, 'vwzckqx', 'bbskkkj');
  if strpos(w, 'n') > 0 then w := regexp_replace(w, 'n(?=[bp])', 'm', 'g'); end if;
  w := regexp_replace(w, '(.)\1+', '\1', 'g');
  return case when w = '' then word else w end collate "C";
end $$;

-- The words of a name in its order, folded, each with a letter before it that says how it stands there: `w` plain; `d` after «de» or «viuda
-- de», which a married name is; `p` after another particle; `n` a nickname, in quotation marks or parentheses or after «alias»; and `,`
-- for a comma. Particles and forms of address are left out, unless there is nothing else.
create function persons.name_tokens(name text) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  marked text := name;
  token text;
  flag text := 'w';
  plain int := 0;
  nick boolean := false;
  -- 1: one nickname follows; 2: everything that follows is a nickname.
  alias int := 0;
  found text[] := '{}';
begin
  if name ~* '["''`´‘’“”«»„(),]|alias|a\.?k\.?a|conocid|c/p' then
    marked := regexp_replace(marked, '\(\s*a\s*\)|\malias\M|\ma\.?k\.?a\M\.?|\mconocid[oa]\s+(?:como|por)\M|\mc/p\M', ' qqalias ', 'gi');
    marked := regexp_replace(marked, '["“”«»„(]([^"“”«»„()]+)["“”«»)]', ' qqopen \1 qqclose ', 'g');
    marked := regexp_replace(marked, '(^|\s)[''‘]([^''‘’]+)[''’](?=\s|,|$)', '\1 qqopen \2 qqclose ', 'g');
    marked := replace(translate(marked, '''`´‘’', ''), ',', ' qqcomma ');
  end if;
  foreach token in array string_to_array(istmo.fold(marked), ' ') loop
    if token = '' or token = any('{don,dona,sr,sra,srta,lic,licda,dr,dra,ing,jr,junior}'::text[]) then continue;
    elsif token = 'qqcomma' then
      if plain > 0 and alias < 2 then found := found || ','::text; end if;
      flag := 'w';
    elsif token = 'qqopen' then nick := true;
    elsif token = 'qqclose' then nick := false; flag := 'w'; if alias = 1 then alias := 0; end if;
    elsif token = 'qqalias' then alias := case when plain >= 2 then 2 else 1 end;
    elsif token in ('viuda', 'vda', 'vd', 'viudo') then flag := 'd';
    elsif token = 'de' then flag := 'd';
    -- «Y.» before a name is an initial.
    elsif token = any('{del,la,las,los,el,da,do,dos,das}'::text[]) or token = 'y' and plain > 0 then flag := 'p';
    elsif nick or alias > 0 then
      found := found || ('n' || token);
      if alias = 1 and not nick then alias := 0; end if;
      flag := 'w';
    else
      found := found || (flag || token);
      plain := plain + 1;
      flag := 'w';
    end if;
  end loop;
  if cardinality(array_remove(found, ',')) > 0 then return found; end if;
  return coalesce((select array_agg('w' || t order by i) from unnest(string_to_array(istmo.fold(name), ' ')) with ordinality as u(t, i)
    where t <> ''), '{}');
end $$;

-- The words of a recorded name, each with the letter of its role before it: `g` given name, `s` surname, `m` surname that may be the husband's,
-- `n` nickname, `x` given name or surname. Given names first, then surnames, each in their order. Where only the complete name is
-- recorded, a comma tells them apart, else the lists of names, else the place in the name.
create function persons.name_parts(full_name text, given_names text[], surnames text[]) returns text[]
language plpgsql immutable parallel safe as $$
declare
  tokens text[];
  token text;
  given text[] := '{}';
  family text[] := '{}';
  married text[] := '{}';
  nicknames text[] := '{}';
  plain text[] := '{}';
  kinds constant jsonb := persons.name_kinds();
  split int;
  n int;
  comma boolean := false;
begin
  if full_name is null then return '{}'; end if;
  if cardinality(given_names) > 0 and cardinality(surnames) > 0 then
    foreach token in array persons.name_tokens(array_to_string(given_names, ' ')) loop
      if token like 'n%' then nicknames := nicknames || token;
      elsif token <> ',' then given := given || ('g' || substr(token, 2)); end if;
    end loop;
    foreach token in array persons.name_tokens(array_to_string(surnames, ' ')) loop
      if token like 'n%' then nicknames := nicknames || token;
      elsif token = ',' then continue;
      elsif token like 'd%' and family <> '{}' then family := family || ('m' || substr(token, 2));
      else family := family || ('s' || substr(token, 2)); end if;
    end loop;
    if full_name ~* '["''‘“«„(]|alias|a\.?k\.?a|conocid|c/p' then
      foreach token in array persons.name_tokens(full_name) loop
        if token like 'n%' and not token = any(nicknames) then nicknames := nicknames || token; end if;
      end loop;
    end if;
    return given || family || nicknames;
  end if;

  tokens := persons.name_tokens(full_name);
  foreach token in array tokens loop
    if token like 'n%' then nicknames := nicknames || token;
    elsif token = ',' then
      if not comma and plain <> '{}' then comma := true; family := plain; plain := '{}'; end if;
    else plain := plain || token; end if;
  end loop;
  if comma and plain <> '{}' then
    foreach token in array plain loop given := given || ('g' || substr(token, 2)); end loop;
    plain := family;
    family := '{}';
    foreach token in array plain loop
      family := family || (case when token like 'd%' and family <> '{}' then 'm' else 's' end || substr(token, 2));
    end loop;
    return given || family || nicknames;
  end if;
  if plain = '{}' then plain := family; family := '{}'; end if;
  n := cardinality(plain);
  if n = 0 then return nicknames; end if;
  if n = 1 then return ('x' || substr(plain[1], 2)) || nicknames; end if;

  -- «de X» behind a given name and a surname is the husband's name.
  while n > 2 and plain[n] like 'd%' and coalesce(kinds ->> substr(plain[n - 1], 2), '') <> 'g' loop
    married := ('m' || substr(plain[n], 2)) || married;
    n := n - 1;
  end loop;
  -- Surnames first, without a comma.
  if kinds ->> substr(plain[1], 2) = 's' and kinds ->> substr(plain[n], 2) = 'g' then
    split := n;
    while split > 2 and kinds ->> substr(plain[split - 1], 2) = 'g' loop split := split - 1; end loop;
    for i in 1 .. n loop
      if i >= split then given := given || ('g' || substr(plain[i], 2)); else family := family || ('s' || substr(plain[i], 2)); end if;
    end loop;
    return given || family || married || nicknames;
  end if;
  split := 1;
  while split < n - 1 and kinds ->> substr(plain[split + 1], 2) = 'g' loop split := split + 1; end loop;
  if split < n - 2 and kinds ->> substr(plain[split + 1], 2) is distinct from 's' then split := n - 2; end if;
  for i in 1 .. n loop
    given := given || case when i <= split then 'g' || substr(plain[i], 2) end;
    if i > split then
      family := family || (case
        when n = 3 and i = 2 and kinds ->> substr(plain[2], 2) is distinct from 's' then 'x' else 's' end || substr(plain[i], 2));
    end if;
  end loop;
  return array_remove(given, null) || family || married || nicknames;
end $$;

-- The keys under which a search finds a recorded name, made of the sounds of its parts. A key always has a part that may be a surname.
--   `a b`, `a b c`   two and three parts, by bytes
--   `!a b`, `2!a b`  the first given name and the first surname; the same of a name that has only two or three parts
--   `*j a`, `2*j a`  the same, with the letter of the given name
--   `*jk a`          the letters of two parts, by bytes, and a surname
--   `.a`, `=a`       one part; the only part
create function persons.name_keys(parts text[]) returns text[] language plpgsql immutable strict parallel safe as $$
declare
  n constant int := least(cardinality(parts), 7);
  keys text[] := '{}';
  roles text[];
  letters text[];
  sounds text[];
  own int := 0;
  first_given text;
  first_letter text;
  first_family text;
  role text;
  sound text;
  pair text;
begin
  if n = 0 then return '{}'; end if;
  for i in 1 .. n loop
    own := own + (left(parts[i], 1) in ('g', 's', 'x'))::int;
  end loop;
  for i in 1 .. n loop
    role := left(parts[i], 1);
    sound := persons.name_sound(substr(parts[i], 2));
    sounds := sounds || sound;
    keys := keys || ('.' || sound);
    if role = 'g' and first_given is null then
      first_given := sound;
      first_letter := substr(parts[i], 2, 1);
    elsif role in ('s', 'x') and first_given is not null and first_family is null then
      keys := keys || ('!' || first_given || ' ' || sound) || ('*' || first_letter || ' ' || sound);
      if own in (2, 3) then
        keys := keys || (own || '!' || first_given || ' ' || sound) || (own || '*' || first_letter || ' ' || sound);
      end if;
      if role = 's' then first_family := sound; end if;
    end if;
  end loop;
  if n = 1 or parts[2] like 'n%' and not parts[1] like 'n%' then keys := keys || ('=' || sounds[1]); end if;

  select array_agg(left(part, 1) order by s), array_agg(substr(part, 2, 1) order by s), array_agg(s order by s)
  into roles, letters, sounds
  from unnest(parts[1:n], sounds) as u(part, s_any), lateral (select s_any collate "C" as s) as c;
  for i in 1 .. n loop
    for j in i + 1 .. n loop
      if roles[i] not in ('g', 'n') or roles[j] not in ('g', 'n') then keys := keys || (sounds[i] || ' ' || sounds[j]); end if;
      pair := '*' || least(letters[i] collate "C", letters[j]) || greatest(letters[i] collate "C", letters[j]) || ' ';
      for k in 1 .. n loop
        if k <> i and k <> j and roles[k] in ('s', 'x') and roles[i] in ('g', 's', 'x') and roles[j] in ('g', 's', 'x') then
          keys := keys || (pair || sounds[k]);
        end if;
        if k > j and (roles[i] not in ('g', 'n') or roles[j] not in ('g', 'n') or roles[k] not in ('g', 'n')) then
          keys := keys || (sounds[i] || ' ' || sounds[j] || ' ' || sounds[k]);
        end if;
      end loop;
    end loop;
  end loop;
  return keys;
end $$;

-- The word and how it sounds, and each of the two with any one letter struck out: two words that share one of these may be a slip apart.
create function persons.word_slips(word text) returns text[] language sql immutable strict parallel safe as $$
  select array(select unnest(persons.strikes(word)) union select unnest(persons.strikes(persons.name_sound(word))))
$$;

-- Over a view of names, the country derives these columns, as it derived `words` and `core` before.
set local check_function_bodies = off;
drop function persons.candidate_names(jsonb);
drop function persons.searched_words(text);
do $$
begin
  if (select relkind from pg_class where oid = 'persons.person_name'::regclass) not in ('r', 'p') then return; end if;
  drop trigger learn_inserted on persons.person_name;
  drop trigger learn_updated on persons.person_name;
  alter table persons.person_name drop column words, drop column core,
    add column parts text[] generated always as (persons.name_parts(full_name, given_names, surnames)) stored,
    add column keys text[] generated always as (persons.name_keys(persons.name_parts(full_name, given_names, surnames))) stored;
  create index person_name_keys on persons.person_name using gin (keys) with (fastupdate = off);
end $$;

alter table persons.name_word drop column strikes,
  add column sound text collate "C" generated always as (persons.name_sound(word)) stored,
  add column slips text[] generated always as (persons.word_slips(word)) stored;
drop index if exists persons.name_word_trigrams;
create index name_word_sound on persons.name_word (sound);
create index name_word_slips on persons.name_word using gin (slips) with (fastupdate = off);

create or replace function persons.learn_words() returns trigger language plpgsql as $$
begin
  -- In order, so that two importers never wait for each other in a circle.
  insert into persons.name_word (word)
    select distinct substr(part, 2) collate "C" as word from written, unnest(parts) as u(part) order by word
    on conflict do nothing;
  return null;
end $$;
create or replace function persons.learn_all_words() returns void language sql as $$
  insert into persons.name_word (word)
    select distinct substr(part, 2) collate "C" as word from persons.person_name, unnest(parts) as u(part) order by word
    on conflict do nothing
$$;
do $$
begin
  if (select relkind from pg_class where oid = 'persons.person_name'::regclass) not in ('r', 'p') then return; end if;
  create trigger learn_inserted after insert on persons.person_name
    referencing new table as written for each statement execute function persons.learn_words();
  create trigger learn_updated after update on persons.person_name
    referencing new table as written for each statement execute function persons.learn_words();
  perform persons.learn_all_words();
end $$;

-- The sound of each word, and the recorded words of that sound; with `slips`, also those that may be a slip apart. Recorded words are those
-- of hidden persons too: only the node itself may see them.
create function persons.recorded_words(words text[], slips boolean[])
returns table (asked text, asked_sound text, word text, sound text)
language sql stable strict parallel safe security definer set search_path = pg_catalog, pg_temp as $$
  select a.word, a.sound, k.word, k.sound
  from (select u.word, u.slips, persons.name_sound(u.word) as sound from unnest(words, slips) as u(word, slips)) as a
  cross join lateral (
    select w.word, w.sound from persons.name_word w where w.sound = a.sound
    union
    select w.word, w.sound from persons.name_word w where a.slips and w.slips && persons.word_slips(a.word)
  ) as k
$$;

-- The recorded names with one of these keys, of persons whom the leg may see and a search may find. The names are found here, as the owner,
-- because a policy would keep the comparison of keys from the index. `birth` compares with the date of birth that is searched for, `identified`
-- with the identifier. A name that contradicts the nationality, the identifier or the date is left out. With a date that is only near, a name
-- needs one of `near_keys`. A name that has only one of `born_keys` needs the same date, or the identifier.
create function persons.candidate_names(keys text[], near_keys text[], born_keys text[], born date, nationality text,
  id_category text, id_jurisdiction text, id_value text)
returns table (person_id text, ordinal int, parts text, birth text, identified boolean)
language plpgsql stable parallel safe security definer rows 100 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_custom_plan as $$
declare
  id_folded constant text := persons.fold_identifier(id_value);
  owners constant text[] := array(select i.person_id from persons.identifier i
    where i.folded = id_folded and i.category = id_category and i.jurisdiction = id_jurisdiction);
begin
  return query
  with found as (
    select n.person_id, n.ordinal, n.parts, null as birth from persons.person_name n
    where born is null and n.keys && candidate_names.keys
    union all
    select n.person_id, n.ordinal, n.parts, 'same' from persons.person b join persons.person_name n on n.person_id = b.id
    where b.birth_date = born and n.keys && (candidate_names.keys || born_keys)
    union all
    select n.person_id, n.ordinal, n.parts, 'silent' from persons.person b join persons.person_name n on n.person_id = b.id
    where born is not null and b.birth_date is null and n.keys && candidate_names.keys
    union all
    select n.person_id, n.ordinal, n.parts, 'near' from persons.person b join persons.person_name n on n.person_id = b.id
    where born is not null and n.keys && near_keys and persons.dates_near(b.birth_date, born)
    union all
    select n.person_id, n.ordinal, n.parts,
      case when born is null then null when b.birth_date is null then 'silent' when b.birth_date = born then 'same' else 'near' end
    from persons.person b join persons.person_name n on n.person_id = b.id
    where id_folded is not null and b.id = any(owners) and n.keys && born_keys
      and (born is null or b.birth_date is null or b.birth_date = born or persons.dates_near(b.birth_date, born))
  )
  select f.person_id, f.ordinal, array_to_string(f.parts, ' '), f.birth, p.id = any(owners)
  from found f join persons.person p on p.id = f.person_id
  where not p.protected and istmo.sees(p.shared_with, p.handling)
    and (candidate_names.nationality is null or candidate_names.nationality = any(p.nationalities))
    and (id_folded is null or p.id = any(owners)
      or not exists (select from persons.identifier i where i.person_id = p.id and i.category = id_category
        and i.jurisdiction = id_jurisdiction));
end $$;
do $$
begin
  if (select relkind from pg_class where oid = 'persons.person'::regclass) not in ('r', 'p') then return; end if;
  create index person_without_birth_date on persons.person (id) where birth_date is null;
end $$;
