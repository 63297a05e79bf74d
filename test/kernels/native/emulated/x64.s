# The boot ROM of an emulated machine that runs the requests of emulated-processor.ts. The file that both share is the machine's
# disk: byte i of it is at the address WINDOW + i, and a page is read when it is first touched. After each request, the pages of
# arenas that were written go back to the disk, and all of them are forgotten: the other side changes them before the next one.
# So what a kernel touches outside of the file is found, too. See the processors' manuals for the bits of control registers,
# descriptors and tables, and ATA-3 for the disk's ports. WINDOW, BYTES and CODE_BYTES come from there as well.

.intel_syntax noprefix

.equ PAGES, BYTES / 4096
.equ CODE_PAGES, CODE_BYTES / 4096        # at its beginning; they never change once they were read

# Where things lie in the machine's own memory, from address 0 on. COPY is this ROM, and where it is linked.
.equ COPY, 0x10000
.equ INTERRUPTS, 0x20000
.equ REQUEST, 0x21000                   # sector 0: its number, 0, list, arena, runner
.equ ANSWER, 0x21200                    # sector 1: the request's number, exception + 1 or 0, its address, its instruction
.equ STACK, 0x30000                     # below this
.equ TOUCHED, 0x40000                   # numbers of the pages of arenas that were touched
.equ PML4, 0x100000
.equ PDPT, 0x101000
.equ PD, 0x102000
.equ ALIAS_PD, 0x103000
.equ TABLES, 0x110000                   # of the window
.equ ALIAS, 0x40000000                  # all memory again, where reading and writing leaves no marks in TABLES

# Entries of a table: so many, from the first, in steps.
.macro fill table, count, first, step
    mov edi, \table
    mov eax, \first
    mov ecx, \count
1:  mov [edi], eax
    add edi, 8
    add eax, \step
    loop 1b
.endm

.text
.global _start
_start:
.code32
protected:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    cld
    mov esi, 0xffff0000
    mov edi, COPY
    mov ecx, 0x10000 / 4
    rep movsd
    mov eax, offset copied
    jmp eax

copied:
    lgdt [descriptors_copied]
    mov edi, PML4                       # all tables ← 0, so nothing of the window is there yet
    xor eax, eax
    mov ecx, 0x80000 / 4
    rep stosd
    mov dword ptr [PML4], PDPT | 3
    mov dword ptr [PDPT], PD | 3
    mov dword ptr [PDPT + 8], ALIAS_PD | 3
    mov dword ptr [PD], 0x83            # this machine's own memory: 2 MiB
    fill PD+WINDOW/0x200000*8, PAGES/512, TABLES|3, 0x1000
    fill ALIAS_PD, WINDOW/0x200000+PAGES/512, 0x83, 0x200000
    mov eax, cr4
    or eax, 0x40620                     # OSXSAVE, OSXMMEXCPT, OSFXSR, PAE
    mov cr4, eax
    mov eax, PML4
    mov cr3, eax
    mov ecx, 0xc0000080                 # EFER: long mode
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, 0x80000023                 # PG, NE, MP, PE
    mov cr0, eax
    ljmp 0x18, offset long

.code64
long:
    mov esp, STACK
    xor ecx, ecx                        # XCR0: vectors and opmasks
    xgetbv
    or eax, 0xe7
    xsetbv
    xor ecx, ecx                        # exception i goes to handlers + 16 i
1:  mov eax, ecx
    shl eax, 4
    lea edx, [rax + handlers]
    add eax, INTERRUPTS
    mov [rax], dx
    mov word ptr [rax + 2], 0x18
    mov word ptr [rax + 4], 0x8e00
    shr edx, 16
    mov [rax + 6], dx
    inc ecx
    cmp ecx, 32
    jb 1b
    lidt [interrupts]
    mov dx, 0x3f6                       # the disk interrupts nobody
    mov al, 2
    out dx, al

# Until there is a request of a new number. It is read again: its number may have been new before the rest was.
next:
    call read_request
    mov eax, [REQUEST]
    cmp eax, [done]
    je next
    call read_request
    mov eax, [REQUEST]
    mov [done], eax
    mov rdi, [REQUEST + 8]
    mov rsi, [REQUEST + 16]
    call [REQUEST + 24]
    call give_back
    xor eax, eax
    call answer
    jmp next

read_request:
    xor eax, eax
    mov ecx, 1
    mov edi, REQUEST
    jmp read_sectors

# eax: exception + 1, or 0.
answer:
    mov [ANSWER + 4], eax
    mov eax, [done]
    mov [ANSWER], eax
    mov eax, 1
    mov ecx, 1
    mov esi, ANSWER
    jmp write_sectors

# Writes the pages of arenas that have changed, and forgets all that were touched.
give_back:
    mov r8d, [touched]
1:  sub r8d, 1
    js 2f
    mov r9d, [TOUCHED + r8 * 4]
    mov rax, [TABLES + r9 * 8]
    mov qword ptr [TABLES + r9 * 8], 0
    test al, 0x40                       # dirty
    jz 1b
    mov esi, r9d
    shl esi, 12
    add esi, ALIAS + WINDOW
    lea eax, [r9 * 8]
    mov ecx, 8
    call write_sectors
    jmp 1b
2:  mov dword ptr [touched], 0
    mov rax, cr3
    mov cr3, rax
    ret

# eax: first sector, ecx: how many, edi: to where. Changes eax, ecx, edx.
read_sectors:
    push rbx
    mov ebx, ecx
    mov edx, 0x20
    call command
1:  call await_data
    mov edx, 0x1f0
    mov ecx, 512 / 4
    rep insd
    dec ebx
    jnz 1b
    pop rbx
    ret

# esi: from where.
write_sectors:
    push rbx
    mov ebx, ecx
    mov edx, 0x30
    call command
1:  call await_data
    mov edx, 0x1f0
    mov ecx, 512 / 4
    rep outsd
    dec ebx
    jnz 1b
    mov edx, 0x1f7
1:  in al, dx
    test al, 0x80                       # busy
    jnz 1b
    pop rbx
    ret

# eax: first sector, cl: how many, dl: what to do.
command:
    push rdx
    push rax
    mov edx, 0x1f2
    mov al, cl
    out dx, al
    mov ecx, 3                          # 0x1f3 to 0x1f5: the sector's number
    pop rax
1:  inc edx
    out dx, al
    shr eax, 8
    dec ecx
    jnz 1b
    inc edx
    or al, 0xe0
    out dx, al
    inc edx
    pop rax
    out dx, al
    ret

# Until the disk is not busy and has or wants data.
await_data:
    mov edx, 0x1f7
1:  in al, dx
    and al, 0x88
    cmp al, 8
    jne 1b
    ret

# On the stack: exception, error code, instruction. A page of the window that is not there is read; anything else is the answer.
exception:
    push rax
    push rcx
    push rdx
    push rdi
    cmp qword ptr [rsp + 32], 14
    jne 2f
    mov rcx, cr2
    sub rcx, WINDOW
    shr rcx, 12
    cmp rcx, PAGES
    jae 2f
    mov edi, ecx
    shl edi, 12
    add edi, WINDOW
    lea eax, [rdi + 3]
    mov [TABLES + rcx * 8], rax
    cmp ecx, CODE_PAGES
    jb 1f
    mov edx, [touched]
    mov [TOUCHED + rdx * 4], ecx
    inc dword ptr [touched]
1:  lea eax, [rcx * 8]
    mov ecx, 8
    add edi, ALIAS
    call read_sectors
    pop rdi
    pop rdx
    pop rcx
    pop rax
    add rsp, 16
    iretq
2:  mov rax, cr2
    mov [ANSWER + 8], rax
    mov rax, [rsp + 48]
    mov [ANSWER + 16], rax
    mov rax, [rsp + 32]
    inc eax
    call answer
3:  jmp 3b

.set i, 0
.balign 16
handlers:
.rept 32
    .balign 16
    .if !(i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21)
    push 0                              # where the processor gives no error code
    .endif
    push i
    jmp exception
    .set i, i + 1
.endr

.balign 8
descriptors:
    .quad 0
    .quad 0x00cf9a000000ffff            # 0x08: code of 32 bits
    .quad 0x00cf92000000ffff            # 0x10: data
    .quad 0x00af9a000000ffff            # 0x18: code of 64 bits
descriptors_copied:
    .word 31
    .long descriptors
interrupts:
    .word 32 * 16 - 1
    .quad INTERRUPTS
done:
    .long 0
touched:
    .long 0

# The processor starts at the ROM's last 16 bytes, in 16-bit mode, with the ROM at 0xffff0000.
.code16
real:
    data32 lgdt cs:[descriptors_in_rom - _start]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    data32 ljmp 8, (0xffff0000 + protected - _start)
descriptors_in_rom:
    .word 31
    .long 0xffff0000 + descriptors - _start
.org 0xfff0
    jmp real
.org 0x10000
