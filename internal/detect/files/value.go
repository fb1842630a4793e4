package files

// At follows keys through tables that were read from JSON, YAML or TOML; nil if they
// lead nowhere.
func At(v any, keys ...string) any {
	for _, key := range keys {
		table, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = table[key]
	}
	return v
}

// TextAt is the text that keys lead to, or "".
func TextAt(v any, keys ...string) string {
	text, _ := At(v, keys...).(string)
	return text
}

// Texts returns the texts of a list; a text alone is a list of one.
func Texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// PortAt is the port that keys lead to, as a number; 0 if there is none.
func PortAt(v any, keys ...string) int {
	n := 0
	switch value := At(v, keys...).(type) {
	case int:
		n = value
	// JSON's numbers are floats, TOML's int64, YAML's int.
	case int64:
		n = int(value)
	case float64:
		n = int(value)
	}
	if n < 1 || n > 65535 {
		return 0
	}
	return n
}
