package envfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// read returns what a text sets in an environment that has HOME, and its errors.
func read(text string) (map[string]string, []string) {
	file, errs := Parse([]byte(text))
	env := map[string]string{"HOME": "/home/me"}
	file.Apply(env)
	delete(env, "HOME")
	var said []string
	for _, e := range errs {
		said = append(said, e.Error())
	}
	return env, said
}

// F5: what node's dotenv and docker compose make of a value, and where those two
// differ, the value as it is written.
func TestValuesMeanWhatTheyMeanElsewhere(t *testing.T) {
	for text, want := range map[string]string{
		`A={"type":"x","n":1}`:                `{"type":"x","n":1}`,
		`A=say "hi" now`:                      `say "hi" now`,
		`A=Bob's shop`:                        `Bob's shop`,
		"A=\"one\ntwo\nthree\"":               "one\ntwo\nthree",
		"A='one\ntwo\nthree'":                 "one\ntwo\nthree",
		"A=\"-----BEGIN\n\n MIIE=\n# x\nB=\"": "-----BEGIN\n\n MIIE=\n# x\nB=",
		"\ufeffA=one":                         "one",
		"A=one\r\n":                           "one",
		"A=one\r":                             "one",
		"A=\"a\r\nb\"\r\n":                    "a\nb",
		"A='a\r\nb'":                          "a\nb",
		"A=abc#123":                           "abc#123",
		"A=https://x/#/login":                 "https://x/#/login",
		"A=#fff":                              "#fff",
		"A=one # note":                        "one",
		"A=one\t# note":                       "one",
		"A=one #note # more":                  "one",
		"A= # note":                           "",
		"A=café # note":                       "café",
		"A=caf\xe9 # note":                    "caf\xe9",
		"A=\u00a0x\u00a0# note":               "x",
		`A="^\d+$"`:                           `^\d+$`,
		`A='^\d+$'`:                           `^\d+$`,
		`A=^\d+$`:                             `^\d+$`,
		`A="a\$b"`:                            `a$b`,
		`A="say \"hi\""`:                      `say "hi"`,
		`A="a\nb\rc\td\\e\"f\$g\hi\"`:         "", // see below: not closed
		`A="a\nb\rc\td\\e\"f\$g\hi"`:          "a\nb\rc\td\\e\"f$g\\hi",
		`A='a\nb'`:                            `a\nb`,
		`A=a\nb`:                              `a\nb`,
		`A='it\'s'`:                           `it\'s`,
		`A='C:\tools\'`:                       `C:\tools\`,
		`A='C:\tools\' # note`:                `C:\tools\`,
		`A=C:\new\table`:                      `C:\new\table`,
		`A="it's"`:                            `it's`,
		`A='say "hi"'`:                        `say "hi"`,
		`A="a # b" # c`:                       `a # b`,
		`A="a"#c`:                             `a`,
		`A=" a "`:                             ` a `,
		"A=`a`":                               "`a`",
		`A=`:                                  ``,
		`A=""`:                                ``,
		`A=''`:                                ``,
		`A: one`:                              `one`,
		`A:	"one"`:                            `one`,
		`A:`:                                  ``,
		`  A  =  one  `:                       `one`,
		`export A=one`:                        `one`,
		"export\tA='one'":                     `one`,
		`A=b=c:d`:                             `b=c:d`,
		"H=x\nA=http://${H}/x":                "http://x/x",
		"H=x\nA=\"http://${H}/x\"":            "http://x/x",
		"H=x\nA='http://${H}/x'":              "http://${H}/x",
		"A=${HOME}/bin":                       "/home/me/bin",
		"HOME=/else\nA=${HOME}/bin":           "/else/bin",
		"A=${H}/x\nH=later":                   "${H}/x",
		"H=1\nH=${H}2\nA=${H}":                "12",
		"H=${HOME}\nHOME=x\nA=$${H}":          "$/home/me",
		"A=\"\\${HOME} ${HOME}\"":             "${HOME} /home/me",
		"A=${HOME:-x} ${HOME-x} ${} ${1} ${ ": "${HOME:-x} ${HOME-x} ${} ${1} ${",
		"A=${HOME${HOME}":                     "${HOME/home/me",
		"H='${HOME}'\nA=${H}":                 "${HOME}", // what a value holds is not read again
		"A=http://$HOME/x":                    "http://$HOME/x",
		"A=pa$$word$1":                        "pa$$word$1",
		"A=\"pa$$word$1\"":                    "pa$$word$1",
		"A=$2b$10$abc":                        "$2b$10$abc",
		"A=one\nA=two":                        "two",
		"\n  # A=no\n\t\n#B\nA=yes\n\n":       "yes",
	} {
		got, errs := read(text)
		if len(errs) > 0 && want != "" || got["A"] != want {
			t.Errorf("%s\ngives %q, want %q; errors %q", text, got["A"], want, errs)
		}
	}
}

func TestNames(t *testing.T) {
	got, errs := read("c-d=2\nspring.profile=x\n_a=1\n1B=2\nexport=3\nexport = 4\nexport export=5\nÄ=6\nset: 7\n")
	want := map[string]string{"c-d": "2", "spring.profile": "x", "_a": "1", "1B": "2", "export": "5", "Ä": "6", "set": "7"}
	if !maps.Equal(got, want) || errs != nil {
		t.Errorf("got %q, want %q; errors %q", got, want, errs)
	}
}

// F5: all errors at once, with line and column; what can be read is there.
func TestEachErrorHasItsPlaceAndHidesNoOther(t *testing.T) {
	for _, c := range []struct {
		text string
		errs []string
		env  map[string]string
	}{
		{"A", []string{"1:1: this line is not NAME=value"}, nil},
		{"\n  export A # x\nB=1", []string{"2:3: this line is not NAME=value"}, map[string]string{"B": "1"}},
		{"=x", []string{"1:1: a name is missing here"}, nil},
		{"ä b=x", []string{"1:2: a name cannot hold this character"}, nil},
		{"export ä$=x", []string{"1:9: a name cannot hold this character"}, nil},
		{"set A=x", []string{"1:4: a name cannot hold this character"}, nil},
		{"A:x", []string{"1:3: a blank is missing behind this colon"}, nil},
		{"https://x.test/", []string{"1:7: a blank is missing behind this colon"}, nil},
		{"A=\"x\nB=2", []string{"1:3: the quote of A is not closed"}, map[string]string{"B": "2"}},
		{"A='tis\n\nx\n export B=2", []string{"1:3: the quote of A is not closed"}, map[string]string{"B": "2"}},
		{`A="C:\x\"`, []string{"1:3: the quote of A is not closed"}, nil},
		{`A="x" y`, []string{"1:7: something stands behind the closing quote of A"}, nil},
		{`A="{"a":1}"`, []string{"1:6: something stands behind the closing quote of A"}, nil},
		{"A=\"x\nB=1\nC=\"y\"\n", []string{"1:3: the quote of A is closed at 3:3, and something stands behind it"}, map[string]string{"B": "1", "C": "y"}},
		{"A=\"x\nMII/E\n-\" y\nB=1\n", []string{"1:3: the quote of A is closed at 3:2, and something stands behind it"}, map[string]string{"B": "1"}},
		{"A=1\rB=2\nC=3", []string{"1:4: a carriage return without a newline"}, map[string]string{"C": "3"}},
		{"A='1\n\r2'\nC=3", []string{"2:1: a carriage return without a newline"}, map[string]string{"C": "3"}},
		{"# one\rA=2", []string{"1:6: a carriage return without a newline"}, nil},
		{"\xff\xfeA\x00=\x001\x00", []string{"1:1: the file is UTF-16 (want UTF-8)"}, nil},
		{"\xfe\xff\x00A", []string{"1:1: the file is UTF-16 (want UTF-8)"}, nil},
		{"A\x00=\x001\x00", []string{"1:1: the file is UTF-16 (want UTF-8)"}, nil},
		{"A=1\nB=\x00", []string{"2:3: a NUL byte: this is not a text file"}, nil},
		{"x\nA=1\ny\nB='\n", []string{"1:1: this line is not NAME=value", "3:1: this line is not NAME=value", "4:3: the quote of B is not closed"}, map[string]string{"A": "1"}},
	} {
		got, errs := read(c.text)
		if !slices.Equal(errs, c.errs) || !maps.Equal(got, c.env) {
			t.Errorf("%s\ngives %q and %q\nwant  %q and %q", c.text, errs, got, c.errs, c.env)
		}
	}
}

// A hint is about what is there.
func TestHints(t *testing.T) {
	for text, want := range map[string]string{
		`A='tis`:    `a value that begins with ' as a part of it goes between "`,
		`A="x`:      `a value that begins with " as a part of it goes between '`,
		`A="C:\x\"`: `a backslash before " makes it a part of the value; write \\ at the end, or use single quotes`,
		"A\x00":     "save it as UTF-8",
	} {
		if _, errs := Parse([]byte(text)); len(errs) != 1 || errs[0].Hint != want {
			t.Errorf("%q: %+v, want the hint %q", text, errs, want)
		}
	}
}

// F3: what is built to be slow is read in time about linear in its size.
func TestHostileTextIsReadInTime(t *testing.T) {
	const size = 1 << 20
	for _, unit := range []string{`\'`, "a='\n", "a=\"\n", "a=\"\\\n", "${", "${a", "a='b'\\'", "a=\"\nb=c\n", "x\n", "\r", "a=\"x\"\n\"", "export ", "= "} {
		for _, before := range []string{"", "A='", `A="`, "A="} {
			began := time.Now()
			Parse([]byte(before + strings.Repeat(unit, size/len(unit))))
			// Generous for a busy machine: a quadratic step takes minutes.
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%q, then %q again and again: %v", before, unit, took)
			}
		}
	}
}

func ExampleFile_Apply() {
	file, errs := Parse([]byte("HOST=db.test # the one in the cellar\nURL=postgres://${HOST}/shop\nTOKEN\n"))
	env := map[string]string{}
	file.Apply(env)
	fmt.Println(env["URL"], errs)
	// Output: postgres://db.test/shop [3:1: this line is not NAME=value]
}
