/* gateway-conn: one connection of the zone, from its first byte to its last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once
#include "sandboxd/gateway/gateway-dial.h"
#include "sandboxd/gateway/gateway-judge.h"
#include "sandboxd/gateway/gateway-pipe.h"
#include "sandboxd/gateway/gateway-serve.h"

typedef enum GatewayState {
        GATEWAY_STATE_HEAD = 0, /* the zone sends its request */
        GATEWAY_STATE_LOOKUP,
        GATEWAY_STATE_DIAL,
        GATEWAY_STATE_RELAY,
        GATEWAY_STATE_LINGER,   /* the answer is out; the zone may still be reading it */
        GATEWAY_STATE_ENDED,
} GatewayState;

typedef enum GatewayFront { /* how the zone asked: the first byte tells */
        GATEWAY_FRONT_UNKNOWN = 0,
        GATEWAY_FRONT_HTTP,
        GATEWAY_FRONT_SOCKS,
} GatewayFront;

typedef struct GatewayEnd {
        GatewayConn *conn;
        int fd;
        uint32_t interest; /* epoll events waited for; 0 = not in the set, so that a hang-up cannot spin */
        bool eof, shut;    /* nothing more comes; nothing more goes */
} GatewayEnd;

struct GatewayConn {
        GatewayServer *server;
        GatewayConn *previous, *next;
        GatewayState state;
        uint64_t deadline_ms;
        GatewayEnd zone, far;
        GatewayPipe up, down;
        uint64_t body_left;   /* bytes of the zone's that may still go up */
        bool reply_head;      /* plain http: the next bytes from the server are a head */
        bool reply_sent;      /* something of the server's reached the zone */
        GatewayFront front;
        bool greeted;         /* SOCKS: the greeting was answered */
        bool peek;            /* a tunnel: what the zone sends is held until it has been judged */
        bool peek_timed;      /* and the deadline is for that */
        bool tls, hello_ech;  /* a ClientHello was read; it hides something */
        char *server_name;    /* of it; NULL = none */
        const char *rule;     /* that decided; set just before a refusal, of the rules' memory */
        PolicyNetVerdict told;/* 0 = nothing yet */
        uint64_t number, began_ms, sent_up, sent_down;
        size_t own_left;      /* bytes of our own answer that the zone has not taken yet: not the server's */
        GatewayRequest request;
        GatewayLookup lookup;
        GatewayTargets targets;
};

/* Takes fd on success. 0 or a negative errno. */
int gateway_conn_new(GatewayServer *server, int fd);
/* ptr is what epoll was given: a GatewayEnd. */
void gateway_conn_event(void *ptr, uint32_t events);
void gateway_conn_expire_all(GatewayServer *server);
/* After a change of the rules: ends what the new ones refuse. */
void gateway_conn_judge_all(GatewayServer *server);
void gateway_conn_free_ended(GatewayServer *server);

/* For gateway-relay.c and gateway-conn.c alone. */
void gateway_conn_end(GatewayConn *conn);
void gateway_conn_refuse(GatewayConn *conn, GatewayRefusal refusal);
void gateway_conn_deadline(GatewayConn *conn, uint64_t ms);
void gateway_conn_linger(GatewayConn *conn);
/* Moves what can be moved; ends the connection when all is done. */
void gateway_relay(GatewayConn *conn);
/* The server is there: puts the first bytes in place. */
void gateway_relay_start(GatewayConn *conn);
/* What to wait for at each end, in the state of now. */
void gateway_relay_wait(GatewayConn *conn);
