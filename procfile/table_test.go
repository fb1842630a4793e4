package procfile

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryFieldHasAKey: what a File, a Service or a Ready holds is set by one key
// of the table, or is named here as set by something else.
func TestEveryFieldHasAKey(t *testing.T) {
	fieldsHaveKeys(t, fileKeys(), File{}, "Path", "Format", "EnvFileSet", "Env", "Services")
	fieldsHaveKeys(t, serviceKeys(), Service{}, "Name", "Pos", "PortGuessed", "JoinsWhenAnswering")
	fieldsHaveKeys(t, readyKeys(), Ready{}, "Kind")
}

func fieldsHaveKeys[T any](t *testing.T, keys rows[*T], zero T, others ...string) {
	t.Helper()
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if !field.IsExported() || slices.Contains(others, field.Name) {
			continue
		}
		changed := zero
		setAnything(reflect.ValueOf(&changed).Elem().FieldByIndex(field.Index))
		var set []string
		for _, row := range keys {
			if !reflect.DeepEqual(row.field.get(&changed), row.field.get(&zero)) {
				set = append(set, row.Name)
			}
		}
		if len(set) != 1 {
			t.Errorf("%T.%s is set by the keys %q, want one", zero, field.Name, set)
		}
	}
}

// setAnything makes a value other than its zero.
func setAnything(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		setAnything(v.Field(0))
	default:
		panic(v.Kind().String())
	}
}

// TestEveryKeyIsDescribed: nothing that the reference or a schema needs is missing.
func TestEveryKeyIsDescribed(t *testing.T) {
	for _, k := range allKeys() {
		if k.Doc == "" || k.Type.Label == "" || len(k.Type.Forms) == 0 || strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s is not described: %+v", k.Name, k)
		}
		if k.Default == nil && k.Unset == "" && k.Name != "command" {
			t.Errorf("the table does not say what holds without %s", k.Name)
		}
		if k.Needs != "" && !slices.ContainsFunc(allKeys(), func(other Key) bool { return other.Name == k.Needs }) {
			t.Errorf("%s needs %s, which is no key", k.Name, k.Needs)
		}
	}
}

// literals are values as people write them, right and wrong.
var literals = strings.Fields(`"" "x" "/x" "/api/*" "x/y" "sh" "pwsh" "tcp" "auto" "true" "5s" "0" "1h2m3.5s" "+.5s" "-1s" "5" "1µs"
	"64MiB" "10kb" "1M" "1024" "0x10" "TERM" "sigint" "SIGx" "9" "http://x" "HTTPS://x:1/" "http://x/y" "http://u@x" "http://x#" "//x"
	"explain" "pass" "stop" "overlap" "on-failure" "always" "never" "http1" "h2c" "!x" "a[" "**/*.go" "localhost" "*" "*.x.test" "[::1]"
	0 2 199 200 404 599 600 3000 6000 65535 65536 -1 1.5 true false 2026-01-02 07:32:00
	[] [1] [404,500] [404,99] ["a"] ["/x","y"] ["/x"] [""] ["a",""] ["a",3] ["!x"] [[1]] [true]
	{} {A="1"} {A=1,B=1.5,C=true,D=2026-01-02} {A=[]} {"B_C"="1"} {"="="1"} {""="1"} {http="/"} {http="x"} {tcp=1} {tcp=0} {status=200}
	{http="/",status=204,timeout="1s"} {interval="0s"} {log="x"} {log="["} {exec="x"} {exec=["x"]} {exec=[]} {http="/",tcp=1} {x=1}
	"\u0020" "\u0020!x" "a\u0020b" ["\u0020"] "1\u0020MB"`)

// TestTypesAcceptWhatIsRead holds the description of each key against its reader: all
// that is read without an error has one of the forms. What has one of them and is
// refused, only the reader can know to be wrong.
func TestTypesAcceptWhatIsRead(t *testing.T) {
	typesAccept(t, fileKeys(), func() *File { return &File{} })
	typesAccept(t, serviceKeys(), func() *Service { return &Service{Ready: newReady()} })
	typesAccept(t, readyKeys(), func() *Ready { v := newReady(); return &v })
}

func typesAccept[T any](t *testing.T, keys rows[T], fresh func() T) {
	t.Helper()
	for _, row := range keys {
		accepted := 0
		for _, literal := range literals {
			n := valueNode(t, literal)
			n.key = row.Name
			r := newReader(newSource("f", "k = "+literal), language())
			row.field.read(r, fresh(), n)
			has := hasForm(n, row.field.typ.Forms)
			switch {
			case len(r.errs) == 0 && !has:
				t.Errorf("%s = %s is read and has no form of %q", row.Name, literal, row.field.typ.Label)
			case len(r.errs) > 0 && has && !onlyTheReaderKnows(n, row.field.typ.Forms):
				t.Errorf("%s = %s has a form of %q and is refused: %v", row.Name, literal, row.field.typ.Label, r.errs[0].Msg)
			case len(r.errs) == 0:
				accepted++
			}
		}
		if accepted == 0 || accepted == len(literals) {
			t.Errorf("%s accepts %d of %d literals: the test says nothing about it", row.Name, accepted, len(literals))
		}
	}
}

// valueNode is a value as the scanner and the library understand it.
func valueNode(t *testing.T, literal string) *node {
	t.Helper()
	doc := scan(newSource("f", "k = "+literal), language())
	if !doc.decode() || len(doc.problems) > 0 {
		t.Fatalf("%s is not TOML: %v", literal, doc.problems)
	}
	return doc.root.child("k")
}

// onlyTheReaderKnows: there is a text in it whose rules no pattern can tell, or
// keys that do not go together.
func onlyTheReaderKnows(n *node, forms []Form) bool {
	return slices.ContainsFunc(forms, func(f Form) bool {
		item := func(c *node) bool { return onlyTheReaderKnows(c, f.Items) }
		key := func(c *node) bool {
			i := slices.IndexFunc(f.Keys, func(k Key) bool { return k.Name == c.key })
			return i >= 0 && onlyTheReaderKnows(c, f.Keys[i].Type.Forms)
		}
		switch f.Shape {
		case Text:
			s, _ := n.val.(string)
			return n.isText() && (slices.Contains([]string{"glob", "regexp", "host", "url"}, f.What) || f.What == "duration" && strings.Trim(s, "0s") == "")
		case List:
			return f.What == "command" && len(n.items) > 0 || slices.ContainsFunc(n.items, item)
		case Table:
			return f.Keys != nil && (n.child("status") != nil || len(n.keys) > 1 || slices.ContainsFunc(n.keys, key))
		}
		return false
	})
}

// hasForm reports whether a value has one of the forms, as a schema would.
func hasForm(n *node, forms []Form) bool {
	return slices.ContainsFunc(forms, func(f Form) bool { return f.holds(n) })
}

func (f Form) holds(n *node) bool {
	switch f.Shape {
	case List:
		return n.kind == listNode && len(n.items) >= f.AtLeast && !slices.ContainsFunc(n.items, func(item *node) bool { return !hasForm(item, f.Items) })
	case Table:
		return n.kind == tableNode && !slices.ContainsFunc(n.keys, func(c *node) bool { return !f.holdsKey(c) })
	case Text:
		s, ok := n.val.(string)
		return ok && (f.Words == nil || slices.Contains(f.Words, s)) && regexp.MustCompile(f.Pattern).MatchString(s)
	case Integer:
		v, ok := n.val.(int64)
		return ok && v >= f.Min && v <= f.Max && !slices.Contains(f.Except, v)
	case Float:
		_, ok := n.val.(float64)
		return ok
	case Boolean:
		_, ok := n.val.(bool)
		return ok
	}
	return fmt.Sprintf("%T", n.val) == "time.Time"
}

func (f Form) holdsKey(c *node) bool {
	if f.Keys == nil {
		return regexp.MustCompile(f.Names).MatchString(c.key) && hasForm(c, f.Values)
	}
	i := slices.IndexFunc(f.Keys, func(k Key) bool { return k.Name == c.key })
	return i >= 0 && hasForm(c, f.Keys[i].Type.Forms)
}

// TestDefaultsAreWhatIsRead: the default of the reference, written down, is the
// value that holds without it.
func TestDefaultsAreWhatIsRead(t *testing.T) {
	src := newSource("f", "")
	defaultsAreRead(t, fileKeys(), newFile(src, Devgatefile), func() *File { return &File{} })
	defaultsAreRead(t, serviceKeys(), newService("a", src, span{}), func() *Service { return &Service{} })
	ready := newReady()
	defaultsAreRead(t, readyKeys(), &ready, func() *Ready { return &Ready{} })
}

func defaultsAreRead[T any](t *testing.T, keys rows[T], standard T, empty func() T) {
	t.Helper()
	for _, row := range keys {
		if row.key().Default == nil {
			continue
		}
		text := strings.Trim(defaultText(row.key()), "`")
		r, v := newReader(newSource("f", text), language()), empty()
		row.field.read(r, v, valueNode(t, text))
		got, want := row.field.get(v), row.field.get(standard)
		if d, ok := got.(Dashboard); ok {
			d.Set = false // it is not written
			got = d
		}
		if len(r.errs) > 0 || !sameValue(got, want) {
			t.Errorf("%s = %s is read as %v, the default is %v; %v", row.Name, text, got, want, r.errs)
		}
	}
}

// A table is a service whatever its name, beside a value of the same meaning too.
func TestATableNamedLikeAKeyIsAService(t *testing.T) {
	for _, k := range slices.Concat(FileKeys(), ServiceKeys()) {
		if k.Name == "env" {
			continue
		}
		f := mustParse(t, "["+k.Name+"]\ncommand = 'x'\n[other]\ncommand = 'x'\nafter = '"+k.Name+"'\n")
		if f.Service(k.Name) == nil || f.Service(k.Name).Kind() != Worker {
			t.Errorf("[%s] is no service", k.Name)
		}
	}
}
