"""Passwords that are tried first, of 8 characters or more and in lower case."""

from __future__ import annotations

_WORDS = """
00000000 01234567 012345678 0123456789 0987654321 0987654321q 1029384756 10203040 11111111 111111111 1111111111
11112222 11223344 1122334455 12121212 123123123 1231231234 123321123 12341234 123412345 12344321 12345679
12345678 123456789 1234567890 12345678910 123456789a 123456789q 12345678a 12345678q 123456a@ 1234abcd 1234qwer
12345qwert 123456qwerty 123abc123 123qwe123 123qweasd 123qweasdzxc 12qwaszx 13131313 147258369 1478963250
1a2b3c4d 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz@wsx 1qazxsw2 20202020 22222222 23456789
2wsx3edc 31415926 33333333 3141592654 44444444 55555555 66666666 69696969 741852963 7777777777 77777777 789456123
87654321 88888888 987654321 9876543210 99999999 999999999 a1234567 a12345678 a123456789 a1b2c3d4 a1s2d3f4 aa123456
aa12345678 aaaaaaaa abc12345 abc123456 abc123abc abcd1234 abcd12345 abcdefgh abcdefghi abcdef123 access14 adgjmptw
admin123 admin1234 admin12345 admin123456 administrator adminadmin alexander alexandra andrew123 angel123 anthony1
asd123456 asdasd123 asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl asdfjkl; asdfqwer ashley123 babygirl babygirl1
barcelona baseball baseball1 basketball bismillah bluebird blink182 bonjour1 butterfly californ calvin123 caroline
changeme changeme1 changeme123 charlie1 charlie123 chelsea1 chocolate chocolate1 christian christina christopher
cinderella computer computer1 consumer cookie123 corvette cowboys1 danielle database default1 dolphins dragon123
dragonball elizabeth einstein estrella facebook family123 fernando ferrari1 fireball flamingo flower123 football
football1 forever1 franklin freedom1 fuckyou1 fuckyou123 fuckyou2 garfield gateway1 gfhjkmgfhjkm godzilla guardian
gwerty123 hannah123 happy123 hello123 hello1234 hellohello hellokitty holiday1 hotmail1 iloveyou iloveyou1 iloveyou123
iloveyou2 iloveyou! internet internet1 jasmine1 jennifer jennifer1 jessica1 jonathan jordan123 jordan23 juventus
katherine killer123 kimberly krishna1 lasvegas letmein1 letmein123 letmein! linkedin liverpool liverpool1 london123
lovelove loveme123 lovely123 loveyou1 macintosh manchester marseille martin123 master123 matthew1 maverick mercedes
metallica michael1 michael123 michelle michelle1 microsoft midnight monkey123 mustang1 mynoob123 naruto123 nathan123
newyork1 nicholas nicole123 nothing1 november october1 p@$$w0rd p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword p@ssword1
p455w0rd pa$$w0rd pa$$word pass1234 pass12345 pass123456 passpass passport passw0rd passw0rd1 passw0rd123 password
password! password. password0 password01 password1 password1! password11 password12 password123 password123!
password1234 password12345 password2 password3 password99 passwort passwort1 patricia pavilion peaches1 peekaboo
pokemon1 pokemon123
portugal precious princess princess1 princess123 q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 qazwsx123 qazwsxedc qazxsw123
qq123456 qwe12345 qwe123456 qwe123qwe qweasd123 qweasdzxc qweqwe123 qweqweqwe qwer1234 qwer12345 qwerasdf qwert123
qwert12345 qwerty00 qwerty01 qwerty11 qwerty12 qwerty123 qwerty123! qwerty1234 qwerty12345 qwerty123456 qwerty789
qwertyqwerty qwertyui qwertyuio qwertyuiop qwertz123 qwertzui qwertzuiop rainbow1 rangers1 rebecca1 rockstar samantha
samsung1 samsung123 santiago scooby-doo scorpion sebastian secret123 september shadow123 shithead simpsons skywalker
slipknot snickers snowball soccer123 sparky123 spiderman spiderman1 starwars starwars1 steelers stephanie strawberry
sunflower sunshine sunshine1 sunshine123 superman superman1 superman123 superstar surfer123 swordfish target123
telefono tennis123 test1234 test12345 test123456 testing1 testing123 testtest thailand thunder1 thomas123 tinkerbell
titanic1 trustno1 trustnoone undertaker unicorn1 vanessa1 veronica victoria victoria1 warcraft warriors welcome1
welcome1! welcome12 welcome123 welcome2 whatever whatever1 william1 windows1 wolverine woaini1314 xbox360x yankees1
zaq12wsx zaq1zaq1 zaq1xsw2 zaq!2wsx zxcvbnm1 zxcvbnm, zxcvbnm123 zxcvbnm12345 zzzzzzzz
correcthorsebatterystaple
"""

COMMON = frozenset(_WORDS.split())
