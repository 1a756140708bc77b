package poll

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Limits that no option raises.
const (
	connectTimeout = 2 * time.Second
	maxHeaders     = 64 << 10
	maxDrain       = 64 << 10 // of a body that nobody wants, before its connection is given up instead
	maxRedirects   = 3
)

// Config is one server.
type Config struct {
	Base               *url.URL // scheme, host, port, and a path that is put before every path asked for; no userinfo
	Username, Password string   // no username: no credentials are sent
	PasswordFile       string   // instead of Password; read at start, and again when the server answers 401
	Auth               Auth
	PreemptiveBasic    bool        // Basic goes with the first request; only with AuthBasic
	TLS                *tls.Config // nil: the defaults
	Proxy              func(*http.Request) (*url.URL, error)
	Transport          *http.Transport // of NewTransport, with the same TLS, Proxy and KeepAlive; nil: one of its own
	DialAddress        string          // "ip:port" to connect to instead of Base's; Host header and TLS name stay Base's
	KeepAlive          time.Duration   // how long a connection is kept; 0: not at all
	MaxBody            int64           // bytes, after decompression
	UserAgent          string
}

// Client polls one server for the life of the process. It is used by one goroutine at a time, but for Close.
type Client struct {
	config Config
	http   http.Client
	auth   *authTransport
	trace  *trace // of the request that is on its way
}

// NewClient makes a client. It fails if the password file cannot be read.
func NewClient(c Config) (*Client, error) {
	password, err := c.password()
	if err != nil {
		return nil, err
	}
	if c.Transport == nil {
		c.Transport = NewTransport(c.TLS, c.Proxy, c.KeepAlive)
	}
	client := &Client{config: c}
	client.auth = newAuthTransport(&client.config, password, bounded{c.Transport})
	client.http = http.Client{Transport: client.auth, CheckRedirect: client.checkRedirect}
	return client, nil
}

// NewTransport makes what a client sends its requests with. Clients that keep no connections (keepAlive 0) may share one: it
// holds no state of theirs, and a fleet of thousands is smaller by one for each.
func NewTransport(config *tls.Config, proxy func(*http.Request) (*url.URL, error), keepAlive time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout}
	if keepAlive == 0 {
		dialer.KeepAlive = -1 // no probes for a connection that is over in no time: that is four system calls less
	}
	return &http.Transport{
		Proxy: proxy,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if other, ok := ctx.Value(dialAddress{}).(string); ok {
				address = other
			}
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:        config.Clone(),
		DisableKeepAlives:      keepAlive == 0,
		IdleConnTimeout:        keepAlive,
		MaxIdleConns:           1,
		MaxResponseHeaderBytes: maxHeaders,
		ReadBufferSize:         2 << 10, // for the head; bodies are read into larger ones
		WriteBufferSize:        1 << 10,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1 only: these servers speak nothing else
	}
}

// dialAddress is the key of Config.DialAddress in a request's context.
type dialAddress struct{}

// Close closes connections that are kept.
func (c *Client) Close() { c.config.Transport.CloseIdleConnections() }

// Get asks for a path, which may have a query, and hands the body to read. An error of read that the connection did not cause
// makes the result InvalidDocument; read is not called for an answer without the status 200.
func (c *Client) Get(ctx context.Context, path string, read func(io.Reader) error) Exchange {
	begun := time.Now()
	var ex Exchange
	resp, err := c.do(ctx, path)
	if resp != nil {
		ex.HTTPStatus = resp.StatusCode
	}
	switch {
	case err != nil:
		ex.Result, ex.Err = classify(err, c.trace)
	case resp.StatusCode != http.StatusOK:
		ex.Result, ex.Err = c.refusal(resp)
	default:
		ex.Result, ex.Err = c.readBody(resp, read, &ex.Bytes)
	}
	if resp != nil {
		_ = resp.Body.Close() // nothing that matters can fail: the body has been read or given up
	}
	ex.Time = time.Since(begun)
	c.trace.phases(&ex)
	c.trace = nil
	ex.Err = c.clean(ex.Err)
	return ex
}

// do sends the request, and once more if the password file has another password since, or if the TLS handshake fell
// apart, as about one in two hundred does with Icecast 2.4.
func (c *Client) do(ctx context.Context, path string) (*http.Response, error) {
	resp, err := c.send(ctx, path)
	switch {
	case err != nil && c.trace.handshakeFellApart(err) && ctx.Err() == nil:
		return c.send(ctx, path)
	case err == nil && resp.StatusCode == http.StatusUnauthorized && c.config.PasswordFile != "":
		password, readErr := c.config.password()
		if readErr != nil || password == c.auth.password {
			return resp, nil //nolint:nilerr // the file will be read again; the 401 is what there is to say
		}
		_ = resp.Body.Close()
		c.auth = newAuthTransport(&c.config, password, c.auth.inner)
		c.http.Transport = c.auth
		return c.send(ctx, path)
	}
	return resp, err
}

func (c *Client) send(ctx context.Context, path string) (*http.Response, error) {
	if c.config.DialAddress != "" && c.config.Proxy == nil {
		ctx = context.WithValue(ctx, dialAddress{}, c.config.DialAddress)
	}
	c.trace = &trace{}
	req, err := http.NewRequestWithContext(c.trace.watch(ctx), http.MethodGet, c.target(path), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.config.UserAgent)
	if c.config.PreemptiveBasic && c.config.Username != "" {
		req.SetBasicAuth(c.config.Username, c.auth.password) // a redirect keeps it, and none leads off the server
	}
	return c.http.Do(req)
}

// target joins the base and a path, which is written as it goes over the wire.
func (c *Client) target(path string) string {
	b := c.config.Base
	return b.Scheme + "://" + b.Host + strings.TrimRight(b.EscapedPath(), "/") + path
}

// readBody hands the body to read and tells apart who failed: the limit, the connection, or the document.
func (c *Client) readBody(resp *http.Response, read func(io.Reader) error, n *int64) (Result, error) {
	body := &limited{r: resp.Body, max: c.config.MaxBody}
	err := read(body)
	*n = body.n
	switch {
	case body.tooLarge:
		return TooLarge, fmt.Errorf("the answer is larger than max_body_size (%d bytes); raise it if that is right", c.config.MaxBody)
	case body.err != nil && !errors.Is(body.err, io.EOF):
		return classifyBody(body.err)
	case err != nil:
		return InvalidDocument, err
	}
	if c.config.KeepAlive > 0 {
		_, _ = io.CopyN(io.Discard, body, maxDrain) // so that the connection can be kept
	}
	return Success, nil
}

// checkRedirect follows a redirect only where it stays on the server.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	if !sameOrigin(req.URL, c.config.Base) {
		return &redirectError{to: req.URL.Scheme + "://" + req.URL.Host}
	}
	if len(via) > maxRedirects {
		return errTooManyRedirects
	}
	return nil
}

// sameOrigin says whether two URLs mean the same scheme, host and port.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}
