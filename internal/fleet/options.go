package fleet

import (
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/influxdata/telegraf/config"
	"github.com/influxdata/telegraf/plugins/common/proxy"
	"github.com/influxdata/telegraf/plugins/common/tls"

	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/emit"
	"github.com/telegraf-icecast-wowza/telegraf-icecast-wowza/internal/option"
)

// Options are the options that both plugins share: which servers, how to reach them,
// and what bounds a gather. A plugin embeds them.
type Options struct {
	URLs          []string          `toml:"urls"`           // base URLs, http or https
	Username      string            `toml:"username"`       // empty: no credentials are sent
	Password      string            `toml:"password"`       // plain text; see PasswordFile
	PasswordFile  string            `toml:"password_file"`  // read at start and again after a 401
	Aliases       map[string]string `toml:"aliases"`        // "host:port" → value of the host tag
	Resolve       string            `toml:"resolve"`        // "first" or "all"
	Timeout       config.Duration   `toml:"timeout"`        // one whole request, and the gather
	MaxBodySize   config.Size       `toml:"max_body_size"`  // bytes after decompression
	MaxConcurrent int               `toml:"max_concurrent"` // servers asked at the same time
	Totals        bool              `toml:"totals"`         // counts in listeners_by_mount
	tls.ClientConfig
	proxy.HTTPProxy

	endpoints []Endpoint
	tags      *emit.Series
}

// SetTags sets tags that all points of the block carry. Telegraf does this itself; outside of it, whoever runs the plugin does.
func (o *Options) SetTags(tags map[string]string) {
	more := make([]emit.Tag, 0, len(tags))
	for k, v := range tags {
		more = append(more, emit.Tag{Key: k, Value: v})
	}
	o.tags = emit.NewSeries(nil, more...)
}

// Tags returns what SetTags was given, or nil.
func (o *Options) Tags() *emit.Series { return o.tags }

// Endpoint is one configured URL after validation.
type Endpoint struct {
	Index    int      // position in urls
	URL      *url.URL // no userinfo, no fragment
	Host     string   // host name without port and brackets, lower case
	Port     string   // "80" or "443" where the URL names none
	Alias    string   // the host tag: an alias or Host
	Username string   // from the URL, else the block's
	Password string
}

// Defaults returns the documented defaults (configuration.md).
func Defaults() Options {
	return Options{
		Resolve:       ResolveFirst,
		Timeout:       config.Duration(4 * time.Second),
		MaxBodySize:   config.Size(16 << 20),
		MaxConcurrent: 256,
		Totals:        true,
	}
}

// Values of the resolve option.
const (
	ResolveFirst = "first"
	ResolveAll   = "all"
)

// Endpoints returns the servers of the block in configured order. It is valid after Validate.
func (o *Options) Endpoints() []Endpoint { return o.endpoints }

// Validate checks every shared option and fills Endpoints. Errors are *option.Error.
func (o *Options) Validate() error {
	if len(o.URLs) == 0 {
		return option.Errorf("urls", `no server given: write urls = ["http://edge1.example.net:8000"]`)
	}
	if err := o.validateBounds(); err != nil {
		return err
	}
	if err := o.validateCredentials(); err != nil {
		return err
	}
	o.endpoints = o.endpoints[:0]
	seen := make(map[string]int, len(o.URLs))
	for i, raw := range o.URLs {
		e, err := o.endpoint(i, raw)
		if err != nil {
			return err
		}
		key := net.JoinHostPort(e.Host, e.Port)
		if first, twice := seen[key]; twice {
			return option.ItemErrorf("urls", i,
				"server %s is there twice (also urls[%d]): remove one, or its points would overwrite each other", key, first)
		}
		seen[key] = i
		o.endpoints = append(o.endpoints, e)
	}
	return o.checkAliases(seen)
}

func (o *Options) validateBounds() error {
	switch {
	case o.Timeout <= 0:
		return option.Errorf("timeout", `must be more than zero, such as "4s"`)
	case time.Duration(o.Timeout) > time.Hour:
		return option.Errorf("timeout", `more than an hour is no timeout: write one such as "4s"`)
	case o.MaxBodySize <= 0:
		return option.Errorf("max_body_size", `must be more than zero, such as "16MiB"`)
	case o.MaxConcurrent <= 0:
		return option.Errorf("max_concurrent", "must be at least 1; the default is 256")
	case o.Resolve != ResolveFirst && o.Resolve != ResolveAll:
		return option.Errorf("resolve", `%q is not known: write "first" or "all"`, o.Resolve)
	case o.Resolve == ResolveAll && (o.HTTPProxyURL != "" || o.UseSystemProxy):
		return option.Errorf("resolve", `"all" and a proxy exclude each other: the proxy looks names up itself`)
	}
	return nil
}

func (o *Options) validateCredentials() error {
	switch {
	case o.Password != "" && o.PasswordFile != "":
		return option.Errorf("password_file", "password and password_file are both set: remove one of them")
	case o.Username != "" && o.Password == "" && o.PasswordFile == "":
		return option.Errorf("username", "a user without a password: set password or password_file")
	case o.Username == "" && o.Password != "":
		return option.Errorf("password", "a password without a user: set username")
	case o.Username == "" && o.PasswordFile != "":
		return option.Errorf("password_file", "a password without a user: set username")
	}
	return nil
}

// endpoint reads one URL. Its text is never repeated in an error before the userinfo is out of it.
func (o *Options) endpoint(i int, raw string) (Endpoint, error) {
	fail := func(format string, args ...any) (Endpoint, error) {
		return Endpoint{}, option.ItemErrorf("urls", i, format, args...)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return fail("not a URL: write http://host:port (special characters in a user name or password need %%-escapes)")
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return fail("scheme %q is not served here: write http://host:port or https://host:port", u.Scheme)
	}
	if u.Hostname() == "" {
		return fail("no host: write %s://host:port", u.Scheme)
	}
	if u.Fragment != "" || strings.HasSuffix(raw, "#") {
		return fail("a fragment (#…) means nothing to a server: remove it")
	}
	e := Endpoint{Index: i, URL: u, Host: strings.ToLower(u.Hostname()), Port: u.Port(), Username: o.Username, Password: o.Password}
	if u.User != nil {
		pw, has := u.User.Password()
		if u.User.Username() == "" || !has || pw == "" {
			return fail("a user without a password in the URL: write http://user:password@host:port, or use username and password_file")
		}
		if o.Username != "" {
			return fail("credentials in the URL and a username in the block: keep one of them")
		}
		e.Username, e.Password = u.User.Username(), pw
		u.User = nil
	}
	if e.Port == "" {
		e.Port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	e.Alias = e.Host
	if alias, ok := o.Aliases[net.JoinHostPort(e.Host, e.Port)]; ok {
		e.Alias = alias
	}
	return e, nil
}

// checkAliases refuses an alias for a server that the block does not have. With
// resolve = "all" the addresses are not known before DNS is asked, so any IP address passes.
func (o *Options) checkAliases(servers map[string]int) error {
	for key, alias := range o.Aliases {
		host, _, err := net.SplitHostPort(key)
		if err != nil {
			return option.Errorf("aliases", `%q is not host:port: write { "10.0.0.5:8000" = "edge1" }`, key)
		}
		if strings.TrimSpace(alias) == "" {
			return option.Errorf("aliases", "the alias of %q is empty: give it a name or remove it", key)
		}
		if _, ok := servers[strings.ToLower(key)]; ok {
			continue
		}
		if o.Resolve == ResolveAll && net.ParseIP(host) != nil {
			continue
		}
		return option.Errorf("aliases", "%q is no server of this block: the key is host:port of one of urls, port included", key)
	}
	return nil
}

// Describe says in one line how the block's servers are asked, without credentials.
func (o *Options) Describe() string {
	var b strings.Builder
	switch {
	case o.Username != "" && o.PasswordFile != "":
		b.WriteString("with username and the password in " + o.PasswordFile)
	case o.Username != "":
		b.WriteString("with username and password")
	default:
		b.WriteString("without credentials, unless a URL has some")
	}
	b.WriteString(", timeout " + time.Duration(o.Timeout).String())
	if o.Resolve == ResolveAll {
		b.WriteString(", every address behind a name")
	}
	if !o.Totals {
		b.WriteString(", not in the totals")
	}
	return b.String()
}

// Where names an endpoint for a person, without its credentials: its URL with a path, and its host tag.
func (e *Endpoint) Where(path string) string {
	return e.URL.Scheme + "://" + e.URL.Host + strings.TrimRight(e.URL.EscapedPath(), "/") + path + " (host=" + e.Alias + ", port=" + e.Port + ")"
}
