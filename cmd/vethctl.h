/* SPDX-License-Identifier: MIT */
/* vethctl.h - what the files of vethctl share: the context of one command line, requests and the
 * tables that say how an object's words become attributes and its attributes text. */
#ifndef VETHCTL_H
#define VETHCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "applet.h"
#include "fmt.h"
#include "inet.h"
#include "nl.h"

struct veth {
	/* options */
	const char *ns;
	bool json, quiet, verbose, ipv4, ipv6;
	bool if_missing, if_exists, replace, dry_run;
	const char *batch;
	bool atomic;
	/* Every line is read twice: first only its grammar, with nothing opened and nothing sent,
	 * so that a wrong word at the end undoes nothing. */
	bool checking;
	struct nl nl;
	struct chain *chain;
};

typedef int veth_verb(struct veth *v, char **words);

/* ---- names and numbers, for the parser and for the printer */

struct choice {
	const char *name; /* NULL ends the table */
	uint32_t value;
};

bool choice_value(const struct choice *choices, const char *name, uint32_t *value);
/* The name of a value, or its number; valid until the next call. */
const char *choice_name(const struct choice *choices, uint32_t value);

/* ---- words: how an argument is read, and where it goes */

enum word_kind {
	W_U8, /* number, name of a choice, or on/off → attribute */
	W_U16,
	W_U32,
	W_CONST, /* the word alone: value → attribute of 4 bytes */
	W_NAME,  /* of a link → attribute */
	W_TEXT,
	W_MAC,
	W_DEV,   /* link → its index as attribute */
	W_NS,    /* network namespace → descriptor as attribute */
	W_ADDR,  /* address of the message's family → attribute */
	W_SELF,  /* the link that the command is about */
	W_HEAD8, /* number or choice → byte at offset attr of the fixed part */
	W_HEAD16,
	W_HEAD32,
	W_HEADDEV, /* link → its index at offset attr */
	W_BITS8,   /* the word alone: value → bits of the byte at offset attr */
	W_BITS32,
	W_UP, /* the word alone: value → ifi_flags and ifi_change */
	W_DOWN,
	W_ONOFF,   /* on or off: value → ifi_flags and ifi_change */
	W_OFFON,   /* the flag means no */
	W_PORT,    /* on or off → attribute of a bridge port */
	W_GENMODE, /* choice → IFLA_INET6_ADDR_GEN_MODE */
	W_METRIC,  /* number → attribute inside RTA_METRICS */
	W_TABLE,   /* routing table → rtm_table or RTA_TABLE */
	W_PEERNET, /* CIDR → IFA_ADDRESS and prefix length */
	W_BRD,     /* address, or + */
	W_DST,     /* default or CIDR → RTA_DST */
	W_TYPE,    /* kind of link: the words of that kind follow */
	W_PEER,    /* the other end: the words of a link follow */
};

enum {
	ON_ADD = 1,
	ON_SET = 2,
	ON_PEER = 4,
	ON_DEL = 8,
	ON_SHOW = 16,
	ON_GET = 32,
	ON_ALL = ON_ADD | ON_DEL,
};

struct word {
	const char *name;
	uint8_t kind, on;
	uint16_t attr;
	uint32_t value;
	const struct choice *choices;
};

struct link_kind {
	const char *name;
	const struct word *words;
};

extern const struct link_kind link_kinds[];

/* ---- fields: how an attribute, or a part of the fixed part, is printed, with ip's keys */

enum field_kind {
	F_NUMBER,
	F_TEXT,
	F_MAC,
	F_IP,
	F_OWN,   /* IFA_LOCAL or, of an IPv6 address, IFA_ADDRESS */
	F_OTHER, /* IFA_ADDRESS where it differs from IFA_LOCAL */
	F_DEV,
	F_CHOICE, /* a name of choices; the number where it has none */
	F_BITS,   /* list of names of choices */
	F_TRUE,   /* each bit is a key of its own */
	F_DST,
	F_LINKINFO,
	F_PEERLINK,
};

struct field {
	const char *key;
	const char *label; /* as text: "" for the value alone, "/" to join it; NULL: JSON only */
	uint8_t kind;
	uint8_t head; /* so many bytes of the fixed part at offset attr; 0: an attribute */
	uint16_t attr;
	const struct choice *choices;
};

struct request;

struct object {
	const char *name, *short_name;
	uint16_t add, del, get; /* message types */
	uint16_t size;          /* of the fixed part */
	const struct word *words;
	const struct field *fields;
	/* Take the word that is no keyword; complete and check the line as a whole. */
	void (*first)(struct request *request, const char *word);
	void (*finish)(struct request *request);
};

extern const struct object link_object, addr_object, route_object, neigh_object;

/* ---- a request: one message about one object */

struct request {
	struct veth *v;
	const struct object *object;
	const char *verb;
	unsigned on;
	const char *self; /* what it is about, as the user wrote it */
	const char *dev;  /* the link named by position, `dev` or `name` */
	int error;        /* a link or namespace is not there; the message was printed */
	const char *missing;
	bool peer_up, has_peer, has_peer_name, has_gateway, has_scope, has_table, has_dev, has_ns;
	bool port_set[2], port[2]; /* hairpin, isolated */
	struct inet address;       /* the first one */
	const char *kind;
	int peer_ns, main_ns;
	int fds[2];
	unsigned fd_count;
	size_t nests[4];
	unsigned nest_count;
	struct nl_batch batch;
};

/* Reads the words of a verb into a request (initialised here). */
void request_parse(struct request *request, struct veth *v, const struct object *object,
	const char *verb, unsigned on, unsigned type, unsigned flags, char **words);
void request_close(struct request *request);
void *request_head(struct request *request);
/* The index of a link; 0 while only the grammar is read, and after a failure. */
int request_link(struct request *request, const char *name);
/* The first address decides the family of the message; the others have to agree. */
void request_family(struct request *request, const char *text, int family);
/* Adds an address as the word says. */
void request_inet(struct request *request, const struct word *word, const char *text);
void link_first(struct request *request, const char *word);
void link_finish(struct request *request);
void addr_first(struct request *request, const char *word);
void addr_finish(struct request *request);
void route_first(struct request *request, const char *word);
void route_finish(struct request *request);
void neigh_first(struct request *request, const char *word);
void neigh_finish(struct request *request);

/* ---- printing (vethctl_show.c) */

struct print {
	struct out out;
	struct veth *v;
	unsigned level, items;
	bool request; /* --dry-run: what is not set is left out */
};

/* Prints the members of an object, or only one of them. */
void print_object(struct print *p, const struct object *object, const struct nlmsghdr *message,
	const struct field *only);
int show_run(struct veth *v, const struct object *object, char **words);
int show_answer(struct veth *v, const struct object *object, const struct nl_answer *answer);
/* --dry-run: prints a request as an answer of that form. */
int show_message(
	struct veth *v, const struct object *object, const char *verb, struct nlmsghdr *message);
/* Dumps what a filter may want (frees nothing on failure); is a message what it wants? */
int show_dump(struct veth *v, const struct request *filter, struct nl_answer *answer);
bool show_wanted(const struct request *filter, const struct nlmsghdr *message);
void show_string(struct out *out, const char *text);

/* After EEXIST: 0 if the object that is there is what the request asks for, else a message that
 * names the first difference, and 1. */
int request_compare(struct veth *v, struct request *request);

/* ---- commands */

extern const struct object *const veth_objects[];

/* Runs one command by its words, the options as in v. */
int veth_command(struct veth *v, char **words);
/* The same for a command that another consists of: -v says it, and --dry-run says nothing else. */
int veth_line(struct veth *v, const char *const *words);
/* --dry-run: prints a command as it would be typed, the options of the line before it. */
__attribute__((format(printf, 2, 3))) void would(const struct veth *v, const char *fmt, ...);
/* The same by words, which are quoted for the shell where they need it.  Returns 0. */
int would_words(const struct veth *v, const char *const *words);
char *veth_join(char *line, size_t size, const char *const *words);
int object_run(struct veth *v, const struct object *object, char **words);
veth_verb netns_run, bridge_run, bridge_alias, ifconfig_run, attach_run, detach_run, gc_run, up_run,
	nat_run, publish_run, ipam_run, hosts_run, uplink_run, proxy_run;

#define VETH_GROUP                                                                                 \
	18795 /* of the host ends that attach makes, so that one message finds them all */

/* Deletes a link by name, if it is one of ours: of the group, or with the alias of the id (NULL:
 * of any).
 *   returns  0 also where there is none */
int delete_host_end(struct veth *v, const char *name, const char *id);

/* Takes back what was attached with an id.  -ENOENT: nothing was. */
int detach_id(struct veth *v, const char *net, const char *id);

/* Ends the program (status 2) when one of the values is no port to publish. */
void publish_check(const struct opt_list *ports);
/* Publishes the ports of a container, all or none, on all of its addresses; 0 or a status.
 * --dry-run: prints the commands instead; so does unpublish. */
int publish_ports(struct veth *v, const char *id, const struct opt_list *ports,
	const struct inet *ips, unsigned count);
int unpublish(struct veth *v, const char *id);
/* Only those of an ID that are in the list, unless that is empty. */
int unpublish_some(struct veth *v, const char *id, const struct opt_list *only);
/* Publishes again what the files say, after the tables were made anew. */
int publish_restore(struct nl *nl);

/* A message about what the kernel or the state refused, with a hint at what r usually means.
 *   returns  1, the status */
__attribute__((format(printf, 3, 4))) int failed(struct veth *v, int r, const char *fmt, ...);
/* The same with a hint of the caller's own. */
__attribute__((format(printf, 4, 5))) int failed_hint(
	struct veth *v, int r, const char *hint, const char *fmt, ...);

/* --atomic: keeps the message that takes back what was done. */
void undo_keep(struct veth *v, const struct nl_batch *inverse);

#endif
