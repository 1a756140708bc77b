package config

import (
	"regexp"
	"strings"
)

var (
	variable  = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	secretRef = regexp.MustCompile(`@\{[^{}]*:[^{}]*\}`)
)

// expand replaces the environment variables in all texts of a value.
func (d *decoder) expand(line int, key string, value any) (any, error) {
	switch v := value.(type) {
	case string:
		return d.expandText(line, key, v)
	case []any:
		for i := range v {
			var err error
			if v[i], err = d.expand(line, key, v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for name := range v {
			var err error
			if v[name], err = d.expand(line, key, v[name]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// expandText replaces ${NAME} once, from left to right; what a variable holds is not looked at again.
func (d *decoder) expandText(line int, key, text string) (string, error) {
	if secretRef.MatchString(text) {
		return "", d.fail(line, key, "@{store:key} cannot be used here, the secret stores live in Telegraf; use ${NAME} from the environment, or password_file")
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		if !found {
			b.WriteString(text)
			return b.String(), nil
		}
		if literal, ok := strings.CutSuffix(before, "$"); ok {
			b.WriteString(literal + "${")
			text = after
			continue
		}
		b.WriteString(before)
		name := variable.FindStringSubmatch("${" + after)
		if name == nil {
			return "", d.fail(line, key, "a ${ begins no variable; write ${NAME}, or $${ for a literal ${")
		}
		value, ok := d.lookupEnv(name[1])
		if !ok {
			return "", d.fail(line, key, "the environment variable %s is not set; set it in Telegraf's environment, or write $${%s} if that text is meant", name[1], name[1])
		}
		b.WriteString(value)
		text = after[len(name[1])+len("}"):]
	}
}
