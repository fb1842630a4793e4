package procfile

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostileInput keeps F3: what is built to be slow or to break the library is
// answered, in time about linear in its size.
func TestHostileInput(t *testing.T) {
	full := func(unit string) string { return strings.Repeat(unit, hostile/len(unit)) }
	numbered := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < hostile-100; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ text, want string }{
		"larger than the limit":        {strings.Repeat("# x\n", MaxSize/4) + "# more than that", "larger than 1 MiB"},
		"nested lists":                 {"a = " + strings.Repeat("[", 101), "nested deeper than 100"},
		"half a million nested lists":  {"a = " + strings.Repeat("[", hostile/2), "nested deeper than 100"},
		"nested inline tables":         {strings.Repeat("a = {", 101), "nested deeper than 100"},
		"a long dotted key":            {full("a.")[:hostile-10] + "a = 1", "nested deeper than 100"},
		"a dotted key of 101 parts":    {strings.Repeat("a.", 100) + "a = 1", "nested deeper than 100"},
		"a dotted header of 101 parts": {"[" + strings.Repeat("a.", 100) + "a]", "nested deeper than 100"},
		"depth over header and key":    {"[" + strings.Repeat("a.", 59) + "a]\n" + strings.Repeat("b.", 59) + "b = 1", "nested deeper than 100"},
		"dotted keys in inline tables": {strings.Repeat(strings.Repeat("a.", 9)+"a = {", 11), "nested deeper than 100"},
		"a header of half a megabyte":  {"[" + strings.Repeat("a", MaxSize/2) + "]\n" + numbered("k%d=1\n")[:hostile/4], "longer than 512 bytes"},
		"brackets in a broken line":    {"a b " + full("[")[:hostile-10], `"=" is missing after "a"`},
		"a NUL byte":                   {"[web]\ncommand = 'a\x00'", "a NUL byte: this is not a text file"},
		"a byte that is not UTF-8":     {"[web]\ncommand = '\xff'", "byte 0xff is not UTF-8"},
		"UTF-16":                       {"\xff\xfe[\x00w\x00", "the file is UTF-16 (want UTF-8)"},
		"an escape character":          {"[web]\ncommand = '\x1b[2J'", "control character 0x1b"},
		"a lone carriage return":       {"[web]\rcommand = 'a'", "a carriage return without a newline"},
		"too many services":            {numbered("[s%d]\ncommand='x'\n"), "more than 1000 services"},
		"too many Procfile lines":      {numbered("s%d: x\n"), "more than 500 services"},
		"many unknown keys":            {numbered("k%d=1\n"), "unknown key"},
		"many keys twice":              {full("k=1\n"), "written twice"},
		"many headers twice":           {full("[k]\n"), "declared twice"},
		"many broken lines":            {full("a b\n"), "is missing after"},
		"many refused numbers":         {numbered("k%d=01\n"), "is not a number"},
		"one long line of errors":      {"web={command='x',fallthrough=[" + numbered("%d,")[:hostile-100] + "0]}", "out of range"},
		"one long line of keys":        {"web={command='x'," + numbered("k%d=1,")[:hostile-100] + "}", ""},
		"one long line of texts":       {"web={command='x',after=[" + full("'',")[:hostile-100] + "'']}", "not an empty text"},
		"many names in after":          {"web={command='x',after=[" + numbered("'s%d',")[:hostile-100], ""},
		"many hidden placeholders":     {"[web]\ncommand=\"" + full(`\u007bprot}`)[:hostile-90] + "\"", "unknown placeholder {prot}"},
		"many placeholders":            {"[web]\ncommand=\"" + full(`{prot}`)[:hostile-90] + "\"", "unknown placeholder {prot}"},
		"many quotes around them":      {"[web]\ncommand='" + full("\"$(`{bin}`")[:hostile-90] + "'", "{bin} is where"},
		"many here-documents":          {"[web]\nprot=1\ncommand='''" + full("cat <<a\n{root}\na\n")[:hostile-90] + "'''", "unknown key"},
		"many substitutions":           {"[web]\nprot=1\ncommand='{root}" + full("${x:-$(")[:hostile-90] + "'", "unknown key"},
		"the same text in all":         {"prot=1\n[defaults]\ncommand='" + full("{root} ")[:hostile/2] + "'\n" + strings.Join(strings.SplitAfterN(numbered("[s%d]\n"), "\n", 901)[:900], ""), "unknown key"},
		"one long word":                {full("a"), "longer than 512 bytes"},
		"one long quoted key":          {"'" + full("a")[:hostile-10] + "'=1", "longer than 512 bytes"},
		"many triple quotes":           {"a=" + full(`"""`), ""},
		"many backslashes":             {"a=\"" + full(`\\`)[:hostile-10], "this text is not closed"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, err := Parse("f", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.300v, want %q", err, c.want)
			}
			// Generous for a busy machine: a quadratic step takes minutes.
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if err != nil {
				checkErrors(t, "f", []byte(c.text), nil, err)
			}
		})
	}
}

// TestNestingAtTheLimit: 100 levels are read.
func TestNestingAtTheLimit(t *testing.T) {
	_, err := Parse("f", []byte("[web]\ncommand = 'x'\nport = "+strings.Repeat("[", 98)+strings.Repeat("]", 98)))
	if err == nil || !strings.Contains(err.Error(), `"port" must be a number from 1 to 65535 or "auto", not a list`) {
		t.Errorf("got %v", err)
	}
}
