package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

const maxBody = 64 << 10

// health answers the probes. It is ready from the moment the port is open until the service is told to stop.
type health struct {
	ready int32
}

func (h *health) setReady(ready bool) {
	var value int32
	if ready {
		value = 1
	}
	atomic.StoreInt32(&h.ready, value)
}

func (h *health) isReady() bool {
	return atomic.LoadInt32(&h.ready) == 1
}

func newRouter(orders *store, health *health, accessLog io.Writer) *gin.Engine {
	router := gin.New()
	router.Use(logAccess(accessLog), gin.Recovery(), endKeptConnections(health), limitBody)
	router.GET("/health/live", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "live"}) })
	router.GET("/health/ready", func(c *gin.Context) {
		if !health.isReady() {
			c.JSON(http.StatusServiceUnavailable, gin.H{"status": "stopping"})
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "ready"})
	})
	router.GET("/version", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"service": "orders", "version": versionText()}) })
	api := &orderAPI{orders: orders}
	router.POST("/orders", api.create)
	router.GET("/orders", api.list)
	router.GET("/orders/:id", api.get)
	router.POST("/orders/:id/cancel", api.cancel)
	router.NoRoute(func(c *gin.Context) { problem(c, http.StatusNotFound, "no such resource") })
	return router
}

type orderAPI struct {
	orders *store
}

func (a *orderAPI) create(c *gin.Context) {
	var request newOrder
	if err := c.ShouldBindJSON(&request); err != nil {
		problem(c, http.StatusBadRequest, err.Error())
		return
	}
	created, err := a.orders.create(request)
	if err != nil {
		problem(c, statusOf(err), err.Error())
		return
	}
	c.Header("Location", "/orders/"+created.ID)
	c.JSON(http.StatusCreated, created)
}

func (a *orderAPI) list(c *gin.Context) {
	status := orderStatus(c.Query("status"))
	if status != "" && status != statusOpen && status != statusCancelled {
		problem(c, http.StatusBadRequest, "status must be open or cancelled")
		return
	}
	c.JSON(http.StatusOK, gin.H{"orders": a.orders.list(status)})
}

func (a *orderAPI) get(c *gin.Context) {
	found, err := a.orders.get(c.Param("id"))
	answer(c, found, err)
}

func (a *orderAPI) cancel(c *gin.Context) {
	cancelled, err := a.orders.cancel(c.Param("id"))
	answer(c, cancelled, err)
}

func answer(c *gin.Context, found order, err error) {
	if err != nil {
		problem(c, statusOf(err), err.Error())
		return
	}
	c.JSON(http.StatusOK, found)
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, errNotFound):
		return http.StatusNotFound
	case errors.Is(err, errCancelled):
		return http.StatusConflict
	default:
		return http.StatusInsufficientStorage
	}
}

// problem answers as RFC 9457 says.
func problem(c *gin.Context, status int, detail string) {
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(status, gin.H{"title": http.StatusText(status), "status": status, "detail": detail})
}

// endKeptConnections asks clients to come again on a new connection, which reaches an instance that stays.
func endKeptConnections(health *health) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !health.isReady() {
			c.Header("Connection", "close")
		}
		c.Next()
	}
}

func limitBody(c *gin.Context) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxBody)
	c.Next()
}

type accessLine struct {
	Time     string  `json:"time"`
	Level    string  `json:"level"`
	Method   string  `json:"method"`
	Path     string  `json:"path"`
	Status   int     `json:"status"`
	Millis   float64 `json:"durationMs"`
	Bytes    int     `json:"bytes"`
	ClientIP string  `json:"client"`
}

// logAccess writes one JSON object a line for each request, when it is answered.
func logAccess(out io.Writer) gin.HandlerFunc {
	var mu sync.Mutex
	encoder := json.NewEncoder(out)
	return func(c *gin.Context) {
		began := time.Now()
		c.Next()
		line := accessLine{
			Time:     began.UTC().Format(time.RFC3339Nano),
			Level:    "info",
			Method:   c.Request.Method,
			Path:     c.Request.URL.Path,
			Status:   c.Writer.Status(),
			Millis:   float64(time.Since(began).Microseconds()) / 1000,
			Bytes:    c.Writer.Size(),
			ClientIP: c.ClientIP(),
		}
		mu.Lock()
		defer mu.Unlock()
		// A log that can't be written has nobody to be told.
		_ = encoder.Encode(line)
	}
}
