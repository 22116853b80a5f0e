"""Short forms of English given names: a small list of our own; a roster may add more.

Left out on purpose: short forms that are everyday words or that stand for too many names.
"""

from __future__ import annotations

_LIST = """
abigail: abby abbie gail
albert: bert bertie
alexander: alex sandy lex xander sasha
alexandra: alex sandra sandy lexi sasha
alfred: alf alfie fred
alison: ali allie
amanda: mandy
andrea: andy
andrew: andy drew
angela: angie
anthony: tony
antonio: tony toni
arthur: art artie
barbara: barb babs barbie
benjamin: ben benny benji
bernard: bernie
bradley: brad
brandon: bran
caroline: carrie carol
cassandra: cass cassie
catherine: cathy cath kate katie cat
charles: charlie chuck chaz
charlotte: charlie lottie char
christina: chris chrissy tina christy
christine: chris chrissy tina christy
christopher: chris topher kit
cynthia: cindy
daniel: dan danny
danielle: dani
david: dave davey
deborah: deb debbie
dennis: denny
dominic: dom nic
donald: don donnie
dorothy: dot dottie dolly
douglas: doug
edward: ed eddie ted ned teddy
eleanor: ellie nell nora
elizabeth: liz lizzie beth betty eliza betsy libby lisa
emily: em emmy millie
eugene: gene
evelyn: evie
florence: flo florrie
frances: fran frankie
francis: frank fran
francisco: paco pancho frank
franklin: frank
frederick: fred freddie
gabriel: gabe
gabriela: gabi gaby
gabrielle: gabby gabi
genevieve: gen viv
geoffrey: geoff
george: georgie
gerald: gerry jerry
gregory: greg
gwendolyn: gwen
harold: harry hal
henry: harry hank
howard: howie
isabel: izzy bella isa
isabella: izzy bella
jacob: jake
jacqueline: jackie
james: jim jimmy jamie jem
janet: jan
jason: jay
jeffrey: jeff
jennifer: jen jenny jenn
jeremy: jerry jez
jessica: jess jessie
joanna: jo joey
john: johnny jack
jonathan: jon jonny
jose: pepe
joseph: joe joey
josephine: josie jo
joshua: josh
judith: judy
julia: jules
julian: jules
katherine: kathy kath kate katie kat kit
kathleen: kathy kath kate
kenneth: ken kenny
kimberly: kim kimmy
lawrence: larry laurie
leonard: len lenny leo
lillian: lily lil
louis: lou louie
louise: lou
lucille: lucy
madeleine: maddie
margaret: maggie meg peggy marge daisy greta
maria: mia
martin: marty
matthew: matt matty
maximilian: max
megan: meg
melanie: mel
melissa: mel missy lissa
michael: mike mick mickey mikey
michelle: shelly chelle
miguel: mike
mohammed: mo mohd
muhammad: mo mohd
nancy: nan
natalie: nat
nathan: nate
nathaniel: nate nat nathan
nicholas: nick nicky nico
nicole: nicky nic
oliver: ollie
olivia: liv livvy
pamela: pam
patricia: pat patty trish tricia
patrick: pat paddy
penelope: penny
peter: pete
philip: phil
phillip: phil
rachel: rach
raymond: ray
rebecca: becky becca
richard: rich rick dick ricky richie
robert: rob bob bobby robbie bert
roberta: bobbie
roger: rog
ronald: ron ronnie
rosemary: rose rosie
samantha: sam sammy
samuel: sam sammy
sandra: sandy
sarah: sally sadie
sebastian: seb
sharon: shaz
sophia: sophie soph
stanley: stan
stephanie: steph stephie
stephen: steve stevie
steven: steve stevie
susan: sue susie suzy
suzanne: sue suzy
theodore: theo ted teddy
theresa: terry tess tessa
thomas: tom tommy
timothy: tim timmy
valerie: val
vanessa: nessa
veronica: ronnie
victor: vic
victoria: vicky tori
vincent: vince vinny
virginia: ginny
walter: walt wally
william: will bill billy liam willy
zachary: zach zack
"""

NICKNAMES: dict[str, tuple[str, ...]] = {
    full.strip(): tuple(short.split())
    for full, short in (line.split(":") for line in _LIST.strip().splitlines())
}
