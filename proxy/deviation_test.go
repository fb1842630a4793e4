package proxy

// decisionDeviations are the entries of package testrequest that the gateway decides
// otherwise than they say: the statuses of its answers, and what the backend sees. The
// last of them may be what is sent behind each entry. An entry that does not deviate
// any more must be taken out.
var decisionDeviations = map[string]string{
	// Trailers are read by net/http, which is not told to be strict there.
	"chunk/a coding in the trailer":               "502 200; GET /last",
	"chunk/a folded trailer":                      "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/a host in the trailer":                 "502 200; GET /last",
	"chunk/a length in the trailer":               "502 200; GET /last",
	"chunk/a line feed at the end":                "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/a space before the colon of a trailer": "502 200 200; GET /smuggled; GET /last",

	// Nobody looks at what stands behind a chunk's size.
	"chunk/a line end within a quoted extension":               "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/a quoted extension that is closed on the next line": "200 200 200; POST /x \"\\\"\\r\\n\"; GET /smuggled; GET /last",
	"chunk/a space behind it":                                  "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/a tab behind it":                                    "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/a zero byte within an extension":                    "200 200 200; POST /x \"abcde\"; GET /smuggled; GET /last",
	"chunk/an extension with whitespace":                       "400",

	// Net/http takes no notice of a coding in HTTP/1.0.
	"coding/of an older version that is kept": "200 400; POST /x",
	"coding/of an older version":              "200; POST /x",

	// Net/http looks for 100-continue among words.
	"expect/a misspelled one": "200 200; POST /x \"GET /smuggled HTTP/1\"; GET /last",

	// Net/http skips empty lines behind POST alone.
	"line/an empty line before it":                       "400",
	"line/an empty line behind a request without a body": "200 400; GET /x",

	// These are refused by the gateway and not by the server, which reads on.
	"method/CONNECT elsewhere":         "403 200 200; GET /smuggled; GET /last",
	"method/CONNECT of a path":         "400 200 200; GET /smuggled; GET /last",
	"method/CONNECT to this host":      "400 200 200; GET /smuggled; GET /last",
	"method/CONNECT with a length":     "400 200; GET /last",
	"method/CONNECT":                   "400 200 200; GET /smuggled; GET /last",
	"target/absolute, with one slash":  "400 200 200; GET /smuggled; GET /last",
	"target/absolute, without slashes": "400 200 200; GET /smuggled; GET /last",
	"target/an authority":              "400 200 200; GET /smuggled; GET /last",

	// PRI, and what follows an Upgrade, is not looked at.
	"method/PRI of HTTP/1.1":                        "200 200 200; PRI *; GET /smuggled; GET /last",
	"method/PRI with a folded header":               "200 200 200; PRI /x; GET /smuggled; GET /last",
	"method/PRI with two framings":                  "200 200 200; PRI /x; GET /smuggled; GET /last",
	"method/a preface and then requests":            "403",
	"method/a preface behind a request":             "200 403; GET /x",
	"method/a preface that goes on otherwise":       "403",
	"method/a preface with a header":                "200 200 200; PRI *; GET /smuggled; GET /last",
	"method/a preface with line feeds":              "403",
	"upgrade/not listed, and then a folded header":  "200 200 200 200; GET /x; GET /y; GET /smuggled; GET /last",
	"upgrade/not listed, and then two framings":     "200 200 200 200; GET /x; POST /y; GET /smuggled; GET /last",
	"upgrade/with a body, and then a folded header": "200 200 200 200; POST /x \"abcde\"; GET /y; GET /smuggled; GET /last",

	// Forms of the target.
	"target/absolute, of OPTIONS without a path": "200 200; OPTIONS /; GET /last",
	"target/absolute, with a lone percent sign":  "400",
	"target/absolute, without a host":            "200 200 200; GET /x; GET /smuggled; GET /last",
	"target/an asterisk of GET":                  "200 200 200; GET *; GET /smuggled; GET /last",
	"target/an asterisk of POST":                 "200 200 200; POST * \"abcde\"; GET /smuggled; GET /last",
}

// plainDeviations are the entries of which a backend sees something that is not plain.
var plainDeviations = map[string]string{
	"chunk/a coding in the trailer":               "not plain: Transfer-Encoding in a trailer",
	"chunk/a host in the trailer":                 "not plain: Host in a trailer",
	"chunk/a length in the trailer":               "not plain: Content-Length in a trailer",
	"chunk/a space before the colon of a trailer": "not plain: the field \"X-Sum : 7\"",
}

// formDeviations are the entries whose refusal lacks something that the gateway's own
// answers have.
var formDeviations = map[string]string{}
